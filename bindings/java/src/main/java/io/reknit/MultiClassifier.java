package io.reknit;

import java.util.Objects;

/**
 * A trained classifier that gives a text several labels, or none.
 *
 * <p>It holds memory of the native library, so close it, best by try-with-resources. It never
 * changes: any number of threads may use it at once, and {@link #close} waits for their calls. After
 * that every method throws {@link IllegalStateException}.
 *
 * <pre>{@code
 * try (MultiClassifier topics = MultiClassifier.load(bytes)) {
 *     System.out.println(topics.classify("The parcel is late, refund my order"));
 * }
 * }</pre>
 */
public final class MultiClassifier implements AutoCloseable {
    final Handle handle;

    MultiClassifier(long number) {
        handle = new Handle("multi classifier", number, CLibrary::reknit_multi_classifier_free);
    }

    /**
     * Trains a classifier.
     *
     * @param request the JSON of {@link Reknit#trainMulti}
     * @return a new classifier; the caller closes it
     */
    public static MultiClassifier train(String request) {
        return train(request, null);
    }

    /**
     * Trains a classifier and tells how far it is.
     *
     * @param request the JSON of {@link Reknit#trainMulti}
     * @param progress told on this thread; may be {@code null}
     * @return a new classifier; the caller closes it
     */
    public static MultiClassifier train(String request, Progress progress) {
        byte[] bytes = Call.utf8("request", request);
        Call call = new Call(progress);
        return new MultiClassifier(call.handle(CLibrary.reknit_multi_classifier_train(
                bytes, Call.length(bytes), call.told, null, call.out, call.err)));
    }

    /**
     * Reads a classifier that {@link #save} wrote.
     *
     * @param model the bytes; damaged ones, and those of a {@link Classifier}, are an error named {@code model}
     * @return a new classifier; the caller closes it
     */
    public static MultiClassifier load(byte[] model) {
        Objects.requireNonNull(model, "model");
        Call call = new Call();
        return new MultiClassifier(call.handle(
                CLibrary.reknit_multi_classifier_load(model, Call.length(model), call.out, call.err)));
    }

    /**
     * Writes the classifier as bytes.
     *
     * @return the bytes, which every language can load
     */
    public byte[] save() {
        return handle.use(number -> {
            Call call = new Call();
            return call.bytes(CLibrary.reknit_multi_classifier_save(number, call.out, call.err));
        });
    }

    /**
     * Labels one text.
     *
     * @param text plain text, no JSON
     * @return a JSON object with {@code labels}, most probable first: {@code label}, {@code probability}, {@code holds}
     */
    public String classify(String text) {
        byte[] bytes = Call.utf8("text", text);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_multi_classifier_classify(
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
            return call.text(CLibrary.reknit_multi_classifier_classify_all(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * Says why a text carries a label, or not. Places in the text are bytes of its UTF-8.
     *
     * @param text plain text, no JSON
     * @param label one of the classifier's labels; an unknown one is an error named {@code not_found}
     * @return a JSON object with the evidence
     */
    public String explain(String text, String label) {
        byte[] bytes = Call.utf8("text", text);
        byte[] name = Call.utf8("label", label);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_multi_classifier_explain(
                    number, bytes, Call.length(bytes), name, Call.length(name), call.out, call.err));
        });
    }

    /**
     * Answers one question: {@code explain} or {@code counterfactual} with {@code text} and {@code label}, or
     * {@code top_features} with {@code label}, {@code texts} and {@code count}.
     *
     * @param question JSON with one of the questions; an unknown label is an error named {@code not_found}
     * @return JSON, as {@link #explain}, {@link Reknit#counterfactualMulti} and {@link Reknit#topFeaturesMulti} answer
     */
    public String ask(String question) {
        byte[] bytes = Call.utf8("question", question);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_multi_classifier_ask(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /** Frees the memory, after the calls under way have ended. Closing again does nothing. */
    @Override
    public void close() {
        handle.close();
    }
}
