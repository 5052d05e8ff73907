package io.reknit;

import java.util.Objects;

/**
 * What agreement and disagreement between contact records are worth, learnt from records without
 * labels, for use on other records of the same kind.
 *
 * <p>It holds memory of the native library, so close it, best by try-with-resources. It never
 * changes: any number of threads may use it at once, and {@link #close} waits for their calls. After
 * that every method throws {@link IllegalStateException}.
 */
public final class Resolver implements AutoCloseable {
    private final Handle handle;

    private Resolver(long number) {
        handle = new Handle("resolver", number, CLibrary::reknit_resolver_free);
    }

    /**
     * Learns from records.
     *
     * @param request the JSON of {@link Reknit#resolve}
     * @return a new resolver; the caller closes it
     */
    public static Resolver fit(String request) {
        return fit(request, null);
    }

    /**
     * Learns from records and tells how far it is.
     *
     * @param request the JSON of {@link Reknit#resolve}
     * @param progress told on this thread; may be {@code null}
     * @return a new resolver; the caller closes it
     */
    public static Resolver fit(String request, Progress progress) {
        byte[] bytes = Call.utf8("request", request);
        Call call = new Call(progress);
        return new Resolver(call.handle(CLibrary.reknit_resolver_fit(
                bytes, Call.length(bytes), call.told, null, call.out, call.err)));
    }

    /**
     * Reads a resolver that {@link #save} wrote.
     *
     * @param model JSON; another shape is an error named {@code model}
     * @return a new resolver; the caller closes it
     */
    public static Resolver load(String model) {
        byte[] bytes = Call.utf8("model", model);
        Call call = new Call();
        return new Resolver(call.handle(
                CLibrary.reknit_resolver_load(bytes, Call.length(bytes), call.out, call.err)));
    }

    /**
     * Writes the resolver as JSON.
     *
     * @return JSON, which every language can load
     */
    public String save() {
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_resolver_save(number, call.out, call.err));
        });
    }

    /**
     * Finds which records are one person or organisation.
     *
     * @param request the JSON of {@link Reknit#resolve} without its {@code config}
     * @return the JSON of {@link Reknit#resolve}
     */
    public String resolve(String request) {
        return resolve(request, null);
    }

    /**
     * Finds which records are one person or organisation, and tells how far it is.
     *
     * @param request the JSON of {@link Reknit#resolve} without its {@code config}
     * @param progress told on this thread; may be {@code null}
     * @return the JSON of {@link Reknit#resolve}
     */
    public String resolve(String request, Progress progress) {
        byte[] bytes = Call.utf8("request", request);
        return handle.use(number -> {
            Call call = new Call(progress);
            return call.text(CLibrary.reknit_resolver_resolve(
                    number, bytes, Call.length(bytes), call.told, null, call.out, call.err));
        });
    }

    /**
     * Says why two records are one entity, or what keeps them apart.
     *
     * @param request the JSON of {@link Reknit#explain} without its {@code config}
     * @return the JSON of {@link Reknit#explain}
     */
    public String explain(String request) {
        byte[] bytes = Call.utf8("request", request);
        return handle.use(number -> {
            Call call = new Call();
            return call.text(CLibrary.reknit_resolver_explain(
                    number, bytes, Call.length(bytes), call.out, call.err));
        });
    }

    /**
     * Starts a live resolver with what this one has learnt. The two are independent from then on.
     *
     * @param request JSON with the {@code records} to start with: <code>{}</code> for none
     * @param progress told on this thread; may be {@code null}
     * @return a new live resolver; the caller closes it
     */
    public LiveResolver live(String request, Progress progress) {
        Objects.requireNonNull(request, "request");
        return handle.use(number -> LiveResolver.beginWith(number, request, progress));
    }

    /** Frees the memory, after the calls under way have ended. Closing again does nothing. */
    @Override
    public void close() {
        handle.close();
    }
}
