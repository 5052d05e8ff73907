package io.reknit;

import java.util.Objects;

/**
 * A classifier that follows its examples: corrections, new texts, new labels.
 *
 * <p>Changes and questions are JSON, as {@link Reknit#classifyLive} takes them one after the other. A change
 * that is refused changes nothing. Any number of threads may use one at once: questions run beside one
 * another, a change runs alone. It holds memory of the native library, so close it, best by
 * try-with-resources; {@link #close} waits for the calls under way, and after that every method throws
 * {@link IllegalStateException}.
 *
 * <pre>{@code
 * try (LiveClassifier live = LiveClassifier.begin("{\"examples\": [...]}")) {
 *     live.change("{\"add\": [{\"label\": \"parcel\", \"text\": \"where is it?\"}]}");
 *     System.out.println(live.ask("{\"classify\": [\"it is not here yet\"]}"));
 * }
 * }</pre>
 */
public final class LiveClassifier implements AutoCloseable {
    private final Handle handle;

    LiveClassifier(long number) {
        handle = new Handle("live classifier", number, CLibrary::reknit_live_classifier_free);
    }

    /**
     * Starts with examples.
     *
     * @param request the JSON of {@link Reknit#classifyLive} without its {@code changes}
     * @return a new live classifier; the caller closes it
     */
    public static LiveClassifier begin(String request) {
        return begin(request, null);
    }

    /**
     * Starts with examples, and tells how far it is.
     *
     * @param request the JSON of {@link Reknit#classifyLive} without its {@code changes}
     * @param progress told on this thread; may be {@code null}
     * @return a new live classifier; the caller closes it
     */
    public static LiveClassifier begin(String request, Progress progress) {
        byte[] bytes = Call.utf8("request", request);
        Call call = new Call(progress);
        return new LiveClassifier(call.handle(CLibrary.reknit_live_classifier_begin(
                bytes, Call.length(bytes), call.told, null, call.out, call.err)));
    }

    /**
     * Reads a live classifier that {@link #save} wrote; it goes on as the saved one would have.
     *
     * @param bytes what was saved; damaged ones are an error named {@code model}
     * @return a new live classifier; the caller closes it
     */
    public static LiveClassifier load(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        Call call = new Call();
        return new LiveClassifier(call.handle(
                CLibrary.reknit_live_classifier_load(bytes, Call.length(bytes), call.out, call.err)));
    }

    /**
     * Writes all of it as bytes, with the texts of its examples.
     *
     * @return bytes, which every language can load
     */
    public byte[] save() {
        return handle.use(number -> {
            Call call = new Call();
            return call.bytes(CLibrary.reknit_live_classifier_save(number, call.out, call.err));
        });
    }

    /**
     * Makes one change: {@code add}, {@code forget} or {@code settle}.
     *
     * @param change JSON with one of the changes of {@link Reknit#classifyLive}
     * @return JSON: how many examples and labels there are, and whether all is settled
     */
    public String change(String change) {
        byte[] bytes = Call.utf8("change", change);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_live_classifier_change(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * Answers one question: {@code classify}, {@code explain}, {@code counterfactual}, {@code top_features},
     * {@code suggest}, {@code labels} or {@code examples}.
     *
     * @param question JSON with one of the questions of {@link Reknit#classifyLive}
     * @return JSON
     */
    public String ask(String question) {
        byte[] bytes = Call.utf8("question", question);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_live_classifier_ask(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * The classifier as it is now, which later changes do not touch.
     *
     * @return a new classifier; the caller closes it
     */
    public Classifier classifier() {
        return handle.use(number -> {
            Call call = new Call();
            return new Classifier(
                    call.handle(CLibrary.reknit_live_classifier_classifier(number, call.out, call.err)));
        });
    }

    /** Frees the memory, after the calls under way have ended. Closing again does nothing. */
    @Override
    public void close() {
        handle.close();
    }
}
