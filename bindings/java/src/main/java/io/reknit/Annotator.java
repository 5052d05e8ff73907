package io.reknit;

/**
 * Readers of texts that are asked together, in one pass: models that need no training, and classifiers.
 *
 * <p>It holds memory of the native library, so close it, best by try-with-resources. It never
 * changes: any number of threads may use it at once, and {@link #close} waits for their calls. After
 * that every method throws {@link IllegalStateException}.
 *
 * <pre>{@code
 * try (Classifier queue = Classifier.load(bytes);
 *         Annotator plain = Annotator.of("{\"models\": [\"sentiment\", \"language\"]}");
 *         Annotator readers = plain.with("queue", queue)) {
 *     System.out.println(readers.annotate("I was charged twice, this is outrageous!"));
 * }
 * }</pre>
 */
public final class Annotator implements AutoCloseable {
    private final Handle handle;

    private Annotator(long number) {
        handle = new Handle("annotator", number, CLibrary::reknit_annotator_free);
    }

    /**
     * Readers that come with the library, and classifiers trained for them.
     *
     * @param request the JSON of {@link Reknit#annotate} without its texts: {@code models}, {@code train},
     *     {@code train_multi}; where nobody is named, all models that need no training
     * @return new readers; the caller closes them
     */
    public static Annotator of(String request) {
        return of(request, null);
    }

    /**
     * The same, telling how far training is.
     *
     * @param request as for {@link #of(String)}
     * @param progress told on this thread; may be {@code null}
     * @return new readers; the caller closes them
     */
    public static Annotator of(String request, Progress progress) {
        byte[] bytes = Call.utf8("request", request);
        Call call = new Call(progress);
        return new Annotator(call.handle(CLibrary.reknit_annotator_new(
                bytes, Call.length(bytes), call.told, null, call.out, call.err)));
    }

    /**
     * New readers: these, and a trained classifier under a name. Both stay as they are and may be closed before.
     *
     * @param name where its answers stand; one that another reader has is an error named {@code input}
     * @param classifier a trained one; a built-in one is an error named {@code config}
     * @return new readers; the caller closes them
     */
    public Annotator with(String name, Classifier classifier) {
        byte[] bytes = Call.utf8("name", name);
        return classifier.handle.use(asked -> handle.use(number -> {
            Call call = new Call();
            return new Annotator(call.handle(CLibrary.reknit_annotator_with(
                    number, bytes, Call.length(bytes), asked, call.out, call.err)));
        }));
    }

    /**
     * New readers: these, and a classifier of several labels a text under a name.
     *
     * @param name where its answers stand; one that another reader has is an error named {@code input}
     * @param classifier a trained one
     * @return new readers; the caller closes them
     */
    public Annotator with(String name, MultiClassifier classifier) {
        byte[] bytes = Call.utf8("name", name);
        return classifier.handle.use(asked -> handle.use(number -> {
            Call call = new Call();
            return new Annotator(call.handle(CLibrary.reknit_annotator_with_multi(
                    number, bytes, Call.length(bytes), asked, call.out, call.err)));
        }));
    }

    /**
     * Reads one text.
     *
     * @param text plain text, no JSON
     * @return a JSON object that has by the name of each reader what it says when it is asked alone
     */
    public String annotate(String text) {
        byte[] bytes = Call.utf8("text", text);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_annotator_annotate(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * Reads many texts, on all cores.
     *
     * @param texts a JSON list of strings
     * @return a JSON list of what {@link #annotate} gives, in the same order
     */
    public String annotateAll(String texts) {
        byte[] bytes = Call.utf8("texts", texts);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_annotator_annotate_all(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /** Frees the memory, after the calls under way have ended. Closing again does nothing. */
    @Override
    public void close() {
        handle.close();
    }
}
