package io.reknit;

import java.util.Objects;

/**
 * Contact records and their entities, kept up to date one record at a time.
 *
 * <p>Changes and questions are JSON, as {@link Reknit#live} takes them one after the other. A change
 * that is refused changes nothing. Any number of threads may use one at once: questions run beside one
 * another, a change runs alone. It holds memory of the native library, so close it, best by
 * try-with-resources; {@link #close} waits for the calls under way, and after that every method throws
 * {@link IllegalStateException}.
 *
 * <pre>{@code
 * try (LiveResolver live = LiveResolver.begin("{\"records\": [...]}")) {
 *     live.change("{\"upsert\": {\"source\": \"crm\", \"id\": \"882\", \"name\": \"Ana Petrova\"}}");
 *     System.out.println(live.ask("{\"how\": {\"source\": \"crm\", \"id\": \"882\"}}"));
 * }
 * }</pre>
 */
public final class LiveResolver implements AutoCloseable {
    private final Handle handle;

    private LiveResolver(long number) {
        handle = new Handle("live resolver", number, CLibrary::reknit_live_resolver_free);
    }

    /**
     * Starts with records, learning from them.
     *
     * @param request the JSON of {@link Reknit#live} without its {@code changes}
     * @return a new live resolver; the caller closes it
     */
    public static LiveResolver begin(String request) {
        return begin(request, null);
    }

    /**
     * Starts with records, learning from them, and tells how far it is.
     *
     * @param request the JSON of {@link Reknit#live} without its {@code changes}
     * @param progress told on this thread; may be {@code null}
     * @return a new live resolver; the caller closes it
     */
    public static LiveResolver begin(String request, Progress progress) {
        byte[] bytes = Call.utf8("request", request);
        Call call = new Call(progress);
        return new LiveResolver(call.handle(CLibrary.reknit_live_resolver_begin(
                bytes, Call.length(bytes), call.told, null, call.out, call.err)));
    }

    /** Starts with what a resolver has learnt; its number is in use for the call. */
    static LiveResolver beginWith(long resolver, String request, Progress progress) {
        byte[] bytes = Call.utf8("request", request);
        Call call = new Call(progress);
        return new LiveResolver(call.handle(CLibrary.reknit_live_resolver_begin_with(
                resolver, bytes, Call.length(bytes), call.told, null, call.out, call.err)));
    }

    /**
     * Reads a live resolver that {@link #save} wrote, with the same entities under the same ids.
     *
     * @param bytes what was saved; damaged ones are an error named {@code model}
     * @return a new live resolver; the caller closes it
     */
    public static LiveResolver load(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        Call call = new Call();
        return new LiveResolver(call.handle(
                CLibrary.reknit_live_resolver_load(bytes, Call.length(bytes), call.out, call.err)));
    }

    /**
     * Writes all of it as bytes, its records included.
     *
     * @return bytes, which every language can load
     */
    public byte[] save() {
        return handle.use(number -> {
            Call call = new Call();
            return call.bytes(CLibrary.reknit_live_resolver_save(number, call.out, call.err));
        });
    }

    /**
     * Makes one change: {@code upsert}, {@code delete}, {@code must_link}, {@code cannot_link} or {@code
     * undo_link}.
     *
     * @param change JSON with one of the changes of {@link Reknit#live}
     * @return JSON: the entity of the record, and what happened to entities
     */
    public String change(String change) {
        byte[] bytes = Call.utf8("change", change);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_live_resolver_change(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * Answers one question: {@code explain}, {@code how}, {@code what_if}, {@code entity_of}, {@code
     * members}, {@code record} or {@code entities}.
     *
     * @param question JSON with one of the questions of {@link Reknit#live}
     * @return JSON
     */
    public String ask(String question) {
        byte[] bytes = Call.utf8("question", question);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_live_resolver_ask(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /** Frees the memory, after the calls under way have ended. Closing again does nothing. */
    @Override
    public void close() {
        handle.close();
    }
}
