package io.reknit;

import com.sun.jna.Callback;
import com.sun.jna.IntegerType;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.File;

/**
 * The functions of reknit.h, name by name. Handles are {@code long}, texts go in as UTF-8 bytes with
 * their length, new handles come out in arrays of one. JNA's direct mapping: a call costs well under
 * a microsecond more than in C.
 */
final class CLibrary {
    /** The ABI this class was written for; the library refuses to load under another. */
    private static final int ABI_VERSION = 0;

    private static final String PATH_PROPERTY = "reknit.library.path";

    /** C's size_t. */
    public static final class Size extends IntegerType {
        private static final long serialVersionUID = 1L;

        /** Zero; JNA makes results with it. */
        public Size() {
            this(0);
        }

        Size(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }

    /** C's reknit_watch. */
    interface Watch extends Callback {
        int invoke(long done, long total, Pointer data);
    }

    static {
        Native.register(CLibrary.class, find());
        int abi = reknit_abi_version();
        if (abi != ABI_VERSION) {
            throw new UnsatisfiedLinkError(
                    "libreknit has ABI " + abi + ", but this jar needs ABI " + ABI_VERSION
                            + "; set -D" + PATH_PROPERTY + " to the folder of the library of the same release");
        }
    }

    private CLibrary() {}

    static native int reknit_call(
            byte[] verb, Size verbLength, byte[] request, Size length, Watch watch, Pointer data,
            long[] out, long[] err);

    static native int reknit_read_messages(
            byte[] bytes, Size length, byte[] options, Size optionsLength, long[] out, long[] err);

    static native int reknit_classifier_train(
            byte[] request, Size length, Watch watch, Pointer data, long[] out, long[] err);

    static native int reknit_classifier_builtin(byte[] name, Size length, long[] out, long[] err);

    static native int reknit_classifier_load(byte[] bytes, Size length, long[] out, long[] err);

    static native int reknit_classifier_save(long classifier, long[] out, long[] err);

    static native int reknit_classifier_classify(
            long classifier, byte[] text, Size length, long[] out, long[] err);

    static native int reknit_classifier_classify_all(
            long classifier, byte[] texts, Size length, long[] out, long[] err);

    static native int reknit_classifier_explain(
            long classifier, byte[] text, Size length, long[] out, long[] err);

    static native int reknit_classifier_ask(
            long classifier, byte[] question, Size length, long[] out, long[] err);

    static native int reknit_classifier_free(long classifier);

    static native int reknit_multi_classifier_train(
            byte[] request, Size length, Watch watch, Pointer data, long[] out, long[] err);

    static native int reknit_multi_classifier_load(byte[] bytes, Size length, long[] out, long[] err);

    static native int reknit_multi_classifier_save(long classifier, long[] out, long[] err);

    static native int reknit_multi_classifier_classify(
            long classifier, byte[] text, Size length, long[] out, long[] err);

    static native int reknit_multi_classifier_classify_all(
            long classifier, byte[] texts, Size length, long[] out, long[] err);

    static native int reknit_multi_classifier_explain(
            long classifier, byte[] text, Size length, byte[] label, Size labelLength, long[] out, long[] err);

    static native int reknit_multi_classifier_ask(
            long classifier, byte[] question, Size length, long[] out, long[] err);

    static native int reknit_multi_classifier_free(long classifier);

    static native int reknit_annotator_new(
            byte[] request, Size length, Watch watch, Pointer data, long[] out, long[] err);

    static native int reknit_annotator_with(
            long annotator, byte[] name, Size length, long classifier, long[] out, long[] err);

    static native int reknit_annotator_with_multi(
            long annotator, byte[] name, Size length, long classifier, long[] out, long[] err);

    static native int reknit_annotator_annotate(
            long annotator, byte[] text, Size length, long[] out, long[] err);

    static native int reknit_annotator_annotate_all(
            long annotator, byte[] texts, Size length, long[] out, long[] err);

    static native int reknit_annotator_free(long annotator);

    static native int reknit_resolver_fit(
            byte[] request, Size length, Watch watch, Pointer data, long[] out, long[] err);

    static native int reknit_resolver_load(byte[] model, Size length, long[] out, long[] err);

    static native int reknit_resolver_save(long resolver, long[] out, long[] err);

    static native int reknit_resolver_resolve(
            long resolver, byte[] request, Size length, Watch watch, Pointer data, long[] out, long[] err);

    static native int reknit_resolver_explain(
            long resolver, byte[] request, Size length, long[] out, long[] err);

    static native int reknit_resolver_free(long resolver);

    static native int reknit_live_resolver_begin(
            byte[] request, Size length, Watch watch, Pointer data, long[] out, long[] err);

    static native int reknit_live_resolver_begin_with(
            long resolver, byte[] request, Size length, Watch watch, Pointer data, long[] out, long[] err);

    static native int reknit_live_resolver_load(byte[] bytes, Size length, long[] out, long[] err);

    static native int reknit_live_resolver_save(long live, long[] out, long[] err);

    static native int reknit_live_resolver_change(
            long live, byte[] change, Size length, long[] out, long[] err);

    static native int reknit_live_resolver_ask(
            long live, byte[] question, Size length, long[] out, long[] err);

    static native int reknit_live_resolver_free(long live);

    static native int reknit_live_stitcher_begin(
            byte[] request, Size length, Watch watch, Pointer data, long[] out, long[] err);

    static native int reknit_live_stitcher_load(byte[] bytes, Size length, long[] out, long[] err);

    static native int reknit_live_stitcher_save(long live, long[] out, long[] err);

    static native int reknit_live_stitcher_change(
            long live, byte[] change, Size length, long[] out, long[] err);

    static native int reknit_live_stitcher_ask(
            long live, byte[] question, Size length, long[] out, long[] err);

    static native int reknit_live_stitcher_free(long live);

    static native int reknit_live_classifier_begin(
            byte[] request, Size length, Watch watch, Pointer data, long[] out, long[] err);

    static native int reknit_live_classifier_begin_with(
            long classifier, byte[] request, Size length, long[] out, long[] err);

    static native int reknit_live_classifier_load(byte[] bytes, Size length, long[] out, long[] err);

    static native int reknit_live_classifier_save(long live, long[] out, long[] err);

    static native int reknit_live_classifier_change(
            long live, byte[] change, Size length, long[] out, long[] err);

    static native int reknit_live_classifier_ask(
            long live, byte[] question, Size length, long[] out, long[] err);

    static native int reknit_live_classifier_classifier(long live, long[] out, long[] err);

    static native int reknit_live_classifier_free(long live);

    static native Pointer reknit_text_data(long text);

    static native Size reknit_text_length(long text);

    static native int reknit_text_free(long text);

    static native Pointer reknit_error_name(long error);

    static native Pointer reknit_error_message(long error);

    static native int reknit_error_free(long error);

    static native int reknit_abi_version();

    static native Pointer reknit_version();

    /** Looks in -Dreknit.library.path, then java.library.path, then where the system and the jar keep it. */
    private static NativeLibrary find() {
        for (String property : new String[] {PATH_PROPERTY, "java.library.path"}) {
            for (String folder : System.getProperty(property, "").split(File.pathSeparator)) {
                if (!folder.isEmpty()) {
                    NativeLibrary.addSearchPath("reknit", folder);
                }
            }
        }
        try {
            return NativeLibrary.getInstance("reknit");
        } catch (UnsatisfiedLinkError error) {
            UnsatisfiedLinkError better = new UnsatisfiedLinkError(
                    System.mapLibraryName("reknit") + " was not found. Set -D" + PATH_PROPERTY
                            + " to its folder (now: " + shown(PATH_PROPERTY)
                            + "), or add the folder to -Djava.library.path (now: " + shown("java.library.path")
                            + "), or put a jar with the natives of this platform on the class path. If the"
                            + " temporary folder forbids executables, set -Djna.tmpdir. Cause: "
                            + error.getMessage());
            better.initCause(error);
            throw better;
        }
    }

    private static String shown(String property) {
        String value = System.getProperty(property);
        return value == null || value.isEmpty() ? "not set" : value;
    }
}
