package io.reknit;

import java.util.Objects;

/**
 * A text classifier: trained, loaded or built in.
 *
 * <p>It holds memory of the native library, so close it, best by try-with-resources. It never
 * changes: any number of threads may use it at once, and {@link #close} waits for their calls. After
 * that every method throws {@link IllegalStateException}.
 *
 * <pre>{@code
 * try (Classifier sentiment = Classifier.builtin("sentiment")) {
 *     System.out.println(sentiment.classify("Two hours on hold. Great service!"));
 * }
 * }</pre>
 */
public final class Classifier implements AutoCloseable {
    final Handle handle;

    Classifier(long number) {
        handle = new Handle("classifier", number, CLibrary::reknit_classifier_free);
    }

    /**
     * Trains a classifier.
     *
     * @param request the JSON of {@link Reknit#train}
     * @return a new classifier; the caller closes it
     */
    public static Classifier train(String request) {
        return train(request, null);
    }

    /**
     * Trains a classifier and tells how far it is.
     *
     * @param request the JSON of {@link Reknit#train}
     * @param progress told on this thread; may be {@code null}
     * @return a new classifier; the caller closes it
     */
    public static Classifier train(String request, Progress progress) {
        byte[] bytes = Call.utf8("request", request);
        Call call = new Call(progress);
        return new Classifier(call.handle(CLibrary.reknit_classifier_train(
                bytes, Call.length(bytes), call.told, null, call.out, call.err)));
    }

    /**
     * A classifier that needs no training.
     *
     * @param name there is {@code "sentiment"}
     * @return a new classifier; the caller closes it
     */
    public static Classifier builtin(String name) {
        byte[] bytes = Call.utf8("name", name);
        Call call = new Call();
        return new Classifier(call.handle(
                CLibrary.reknit_classifier_builtin(bytes, Call.length(bytes), call.out, call.err)));
    }

    /**
     * Reads a classifier that {@link #save} wrote.
     *
     * @param model the bytes; damaged ones are an error named {@code model}
     * @return a new classifier; the caller closes it
     */
    public static Classifier load(byte[] model) {
        Objects.requireNonNull(model, "model");
        Call call = new Call();
        return new Classifier(call.handle(
                CLibrary.reknit_classifier_load(model, Call.length(model), call.out, call.err)));
    }

    /**
     * Writes a trained classifier as bytes.
     *
     * @return the bytes, which every language can load
     */
    public byte[] save() {
        return handle.use(number -> {
            Call call = new Call();
            return call.bytes(CLibrary.reknit_classifier_save(number, call.out, call.err));
        });
    }

    /**
     * Labels one text.
     *
     * @param text plain text, no JSON
     * @return a JSON object with {@code label} and {@code probability}
     */
    public String classify(String text) {
        byte[] bytes = Call.utf8("text", text);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_classifier_classify(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * Labels many texts, on all cores.
     *
     * @param texts a JSON list of strings
     * @return a JSON list of what {@link #classify} gives, in the same order
     */
    public String classifyAll(String texts) {
        byte[] bytes = Call.utf8("texts", texts);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_classifier_classify_all(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * Says why a text gets its label. Places in the text are bytes of its UTF-8.
     *
     * @param text plain text, no JSON
     * @return a JSON object with the evidence
     */
    public String explain(String text) {
        byte[] bytes = Call.utf8("text", text);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_classifier_explain(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * Answers one question about a trained classifier: {@code explain} or {@code counterfactual} with a text,
     * {@code top_features} with {@code label}, {@code texts} and {@code count}, or {@code suggest} with {@code
     * texts} and {@code count}.
     *
     * @param question JSON with one of the questions
     * @return JSON, as {@link Reknit#counterfactual}, {@link Reknit#topFeatures} and {@link Reknit#suggest} answer
     */
    public String ask(String question) {
        byte[] bytes = Call.utf8("question", question);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_classifier_ask(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * Starts a live classifier with the examples this one was learnt from, or others. This one stays as it is.
     *
     * @param request JSON with {@code examples}
     * @return a new live classifier; the caller closes it
     */
    public LiveClassifier live(String request) {
        byte[] bytes = Call.utf8("request", request);
        return handle.use(number -> {
            Call call = new Call();
            return new LiveClassifier(call.handle(CLibrary.reknit_live_classifier_begin_with(
                    number, bytes, Call.length(bytes), call.out, call.err)));
        });
    }

    /** Frees the memory, after the calls under way have ended. Closing again does nothing. */
    @Override
    public void close() {
        handle.close();
    }
}
