package io.reknit;

import java.util.Objects;

/**
 * Messages and their conversations, kept up to date one message at a time.
 *
 * <p>Changes and questions are JSON, as {@link Reknit#stitchLive} takes them one after the other. A change
 * that is refused changes nothing. Any number of threads may use one at once: questions run beside one
 * another, a change runs alone. It holds memory of the native library, so close it, best by
 * try-with-resources; {@link #close} waits for the calls under way, and after that every method throws
 * {@link IllegalStateException}.
 *
 * <pre>{@code
 * try (LiveStitcher live = LiveStitcher.begin("{\"messages\": [...]}")) {
 *     live.change("{\"upsert\": {\"id\": \"m7\", \"from\": \"ana@x.io\", \"in_reply_to\": \"m2\"}}");
 *     System.out.println(live.ask("{\"explain\": \"m7\"}"));
 * }
 * }</pre>
 */
public final class LiveStitcher implements AutoCloseable {
    private final Handle handle;

    private LiveStitcher(long number) {
        handle = new Handle("live stitcher", number, CLibrary::reknit_live_stitcher_free);
    }

    /**
     * Starts with messages.
     *
     * @param request the JSON of {@link Reknit#stitchLive} without its {@code changes}
     * @return a new live stitcher; the caller closes it
     */
    public static LiveStitcher begin(String request) {
        return begin(request, null);
    }

    /**
     * Starts with messages, and tells how far it is.
     *
     * @param request the JSON of {@link Reknit#stitchLive} without its {@code changes}
     * @param progress told on this thread; may be {@code null}
     * @return a new live stitcher; the caller closes it
     */
    public static LiveStitcher begin(String request, Progress progress) {
        byte[] bytes = Call.utf8("request", request);
        Call call = new Call(progress);
        return new LiveStitcher(call.handle(CLibrary.reknit_live_stitcher_begin(
                bytes, Call.length(bytes), call.told, null, call.out, call.err)));
    }

    /**
     * Reads a live stitcher that {@link #save} wrote, with the same conversations under the same numbers.
     *
     * @param bytes what was saved; damaged ones are an error named {@code model}
     * @return a new live stitcher; the caller closes it
     */
    public static LiveStitcher load(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        Call call = new Call();
        return new LiveStitcher(call.handle(
                CLibrary.reknit_live_stitcher_load(bytes, Call.length(bytes), call.out, call.err)));
    }

    /**
     * Writes all of it as bytes: ids and numbers, no text of a message.
     *
     * @return bytes, which every language can load
     */
    public byte[] save() {
        return handle.use(number -> {
            Call call = new Call();
            return call.bytes(CLibrary.reknit_live_stitcher_save(number, call.out, call.err));
        });
    }

    /**
     * Makes one change: {@code upsert}, {@code delete}, {@code must_link}, {@code cannot_link}, {@code
     * undo_link}, {@code split}, {@code move_to} or {@code close_before}.
     *
     * @param change JSON with one of the changes of {@link Reknit#stitchLive}
     * @return JSON: the conversation of the message, and what happened to conversations; or what was closed
     */
    public String change(String change) {
        byte[] bytes = Call.utf8("change", change);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_live_stitcher_change(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * Answers one question: {@code explain}, {@code conversation_of}, {@code members}, {@code
     * conversations} or {@code suggestions}.
     *
     * @param question JSON with one of the questions of {@link Reknit#stitchLive}
     * @return JSON
     */
    public String ask(String question) {
        byte[] bytes = Call.utf8("question", question);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_live_stitcher_ask(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /** Frees the memory, after the calls under way have ended. Closing again does nothing. */
    @Override
    public void close() {
        handle.close();
    }
}
