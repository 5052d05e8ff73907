package io.reknit;

/** Told how far a long call is, on the thread that made the call. */
public interface Progress {
    /**
     * Hears how far the call is. An exception thrown here stops the call and reaches its caller.
     *
     * @param done steps done in the present stage
     * @param total steps of this stage in all; 0 when unknown
     * @return whether to go on; {@code false} ends the call with an exception named {@code cancelled}
     */
    boolean step(long done, long total);
}
