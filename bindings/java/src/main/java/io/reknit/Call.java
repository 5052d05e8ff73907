package io.reknit;

import com.sun.jna.Pointer;
import io.reknit.CLibrary.Size;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** One call of a C function: its out-arguments, and what they become in Java. */
final class Call {
    final long[] out = new long[1];
    final long[] err = new long[1];
    /** The callback of the call, or {@code null}. */
    final Told told;

    Call() {
        this(null);
    }

    Call(Progress progress) {
        this.told = progress == null ? null : new Told(progress);
    }

    static byte[] utf8(String what, String text) {
        return Objects.requireNonNull(text, what).getBytes(StandardCharsets.UTF_8);
    }

    static Size length(byte[] bytes) {
        return new Size(bytes.length);
    }

    /** The new handle, when {@code status} says that the call worked. */
    long handle(int status) {
        if (status == 0) {
            return out[0];
        }
        ReknitException failure = failure(status);
        if (told != null) {
            told.rethrow();
        }
        throw failure;
    }

    /** The bytes of the new text, which is freed. */
    byte[] bytes(int status) {
        long text = handle(status);
        try {
            long length = CLibrary.reknit_text_length(text).longValue();
            if (length > Integer.MAX_VALUE - 8) {
                throw new ReknitException(2, "input",
                        "the answer has " + length + " bytes, more than a Java array; ask in smaller parts");
            }
            return CLibrary.reknit_text_data(text).getByteArray(0, (int) length);
        } finally {
            CLibrary.reknit_text_free(text);
        }
    }

    /** The new text, which is freed. */
    String text(int status) {
        return new String(bytes(status), StandardCharsets.UTF_8);
    }

    private ReknitException failure(int status) {
        try {
            String name = string(CLibrary.reknit_error_name(err[0]));
            return new ReknitException(status, name, string(CLibrary.reknit_error_message(err[0])));
        } finally {
            CLibrary.reknit_error_free(err[0]);
        }
    }

    static String string(Pointer text) {
        return text.getString(0, "UTF-8");
    }

    /** A {@link Progress} as C sees it. It keeps what the progress throws: C must not see that. */
    static final class Told implements CLibrary.Watch {
        private final Progress progress;
        private Throwable thrown;

        private Told(Progress progress) {
            this.progress = progress;
        }

        @Override
        public int invoke(long done, long total, Pointer data) {
            try {
                return progress.step(done, total) ? 0 : 1;
            } catch (Throwable problem) {
                thrown = problem;
                return 1;
            }
        }

        /** Throws what the progress threw, if it did; it can only be unchecked. */
        private void rethrow() {
            if (thrown instanceof Error) {
                throw (Error) thrown;
            }
            if (thrown instanceof RuntimeException) {
                throw (RuntimeException) thrown;
            }
        }
    }
}
