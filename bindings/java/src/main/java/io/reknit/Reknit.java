package io.reknit;

import java.util.Objects;

/**
 * The verbs: a JSON request in, a JSON answer out, the same bytes as in Rust, C and Python.
 *
 * <p>{@code docs/bindings.md} describes requests and answers. Requests are sent as UTF-8; half a
 * surrogate pair has no UTF-8 and becomes {@code ?}. All methods may be called from any number of
 * threads at once.
 *
 * <p>Every method throws {@link ReknitException} when the library refuses the request, {@link
 * NullPointerException} for a {@code null}, and {@link UnsatisfiedLinkError} at the first use when
 * the native library is not found.
 */
public final class Reknit {
    private Reknit() {}

    /**
     * Brings a value to its normal form.
     *
     * @param request JSON
     * @return JSON
     */
    public static String normalize(String request) {
        return call("normalize", request);
    }

    /**
     * Finds which contact records are one person or organisation.
     *
     * @param request JSON
     * @return JSON
     */
    public static String resolve(String request) {
        return call("resolve", request);
    }

    /**
     * Says why two records are one entity, or what keeps them apart.
     *
     * @param request JSON
     * @return JSON
     */
    public static String explain(String request) {
        return call("explain", request);
    }

    /**
     * Says how an entity came about: which links joined its records, the strongest first.
     *
     * @param request JSON
     * @return JSON
     */
    public static String how(String request) {
        return call("how", request);
    }

    /**
     * Says which entities would be other without a record.
     *
     * @param request JSON
     * @return JSON
     */
    public static String whatIf(String request) {
        return call("what_if", request);
    }

    /**
     * Brings the evidence of any answer into the bars of a waterfall chart.
     *
     * @param request JSON
     * @return JSON
     */
    public static String waterfall(String request) {
        return call("waterfall", request);
    }

    /**
     * Starts with records, makes changes and answers questions in their order; {@link LiveResolver}
     * keeps the engine.
     *
     * @param request JSON
     * @return JSON
     */
    public static String live(String request) {
        return call("live", request);
    }

    /**
     * Says what was learnt from records: what each level of each comparison weighs.
     *
     * @param request JSON
     * @return JSON
     */
    public static String modelTable(String request) {
        return call("model_table", request);
    }

    /**
     * Finds the pairs of records whose answers would teach most, for people to look at.
     *
     * @param request JSON
     * @return JSON
     */
    public static String review(String request) {
        return call("review", request);
    }

    /**
     * Makes one golden record of each entity, and says where each of its values comes from.
     *
     * @param request JSON
     * @return JSON
     */
    public static String golden(String request) {
        return call("golden", request);
    }

    /**
     * Joins messages of all channels into conversations.
     *
     * @param request JSON
     * @return JSON
     */
    public static String stitch(String request) {
        return call("stitch", request);
    }

    /**
     * Says why a message is where {@link #stitch} puts it.
     *
     * @param request JSON
     * @return JSON
     */
    public static String explainLink(String request) {
        return call("explain_link", request);
    }

    /**
     * Starts with messages, makes changes and answers questions in their order; {@link LiveStitcher}
     * keeps the engine.
     *
     * @param request JSON
     * @return JSON
     */
    public static String stitchLive(String request) {
        return call("stitch_live", request);
    }

    /**
     * Trains a text classifier and describes it; {@link Classifier#train(String)} keeps it.
     *
     * @param request JSON
     * @return JSON
     */
    public static String train(String request) {
        return call("train", request);
    }

    /**
     * Labels texts.
     *
     * @param request JSON
     * @return JSON
     */
    public static String classify(String request) {
        return call("classify", request);
    }

    /**
     * Says what texts would be labelled without their words.
     *
     * @param request JSON
     * @return JSON
     */
    public static String counterfactual(String request) {
        return call("counterfactual", request);
    }

    /**
     * Says which words speak for a label, and which against it.
     *
     * @param request JSON
     * @return JSON
     */
    public static String topFeatures(String request) {
        return call("top_features", request);
    }

    /**
     * Says which texts teach most when a person labels them.
     *
     * @param request JSON
     * @return JSON
     */
    public static String suggest(String request) {
        return call("suggest", request);
    }

    /**
     * Learns from examples, makes changes and answers questions in their order; {@link LiveClassifier} keeps the
     * engine.
     *
     * @param request JSON
     * @return JSON
     */
    public static String classifyLive(String request) {
        return call("classify_live", request);
    }

    /**
     * Trains a classifier of several labels a text and describes it; {@link MultiClassifier#train(String)} keeps it.
     *
     * @param request JSON
     * @return JSON
     */
    public static String trainMulti(String request) {
        return call("train_multi", request);
    }

    /**
     * Reads texts in several ways at once.
     *
     * @param request JSON
     * @return JSON
     */
    public static String annotate(String request) {
        return call("annotate", request);
    }

    /**
     * Gives texts several labels, or none.
     *
     * @param request JSON
     * @return JSON
     */
    public static String classifyMulti(String request) {
        return call("classify_multi", request);
    }

    /**
     * Says why texts carry a label, or not.
     *
     * @param request JSON
     * @return JSON
     */
    public static String explainMulti(String request) {
        return call("explain_multi", request);
    }

    /**
     * Says whether texts would carry a label without their words.
     *
     * @param request JSON with {@code train}, {@code texts} and {@code label}
     * @return JSON with {@code results}, one per text
     */
    public static String counterfactualMulti(String request) {
        return call("counterfactual_multi", request);
    }

    /**
     * Says which words speak for a label, and which against it, where texts carry several.
     *
     * @param request JSON with {@code train}, {@code label}, and {@code texts} and {@code count} if wanted
     * @return JSON, as {@link #topFeatures} answers
     */
    public static String topFeaturesMulti(String request) {
        return call("top_features_multi", request);
    }

    /**
     * Finds dates, amounts, numbers, addresses and accounts in texts.
     *
     * @param request JSON
     * @return JSON
     */
    public static String extract(String request) {
        return call("extract", request);
    }

    /**
     * Puts placeholders in the place of personal data.
     *
     * @param request JSON
     * @return JSON
     */
    public static String redact(String request) {
        return call("redact", request);
    }

    /**
     * Finds what each text is about.
     *
     * @param request JSON
     * @return JSON
     */
    public static String keyPhrases(String request) {
        return call("key_phrases", request);
    }

    /**
     * Finds the texts most like each query.
     *
     * @param request JSON
     * @return JSON
     */
    public static String similar(String request) {
        return call("similar", request);
    }

    /**
     * Groups texts that are nearly the same.
     *
     * @param request JSON
     * @return JSON
     */
    public static String duplicates(String request) {
        return call("duplicates", request);
    }

    /**
     * Finds what a collection is about, and what is new in its last period.
     *
     * @param request JSON
     * @return JSON
     */
    public static String topics(String request) {
        return call("topics", request);
    }

    /**
     * Parts texts by what they want, how they sound and what they are about.
     *
     * @param request JSON
     * @return JSON
     */
    public static String segments(String request) {
        return call("segments", request);
    }

    /**
     * Sums a conversation up in its own sentences.
     *
     * @param request JSON
     * @return JSON
     */
    public static String summarize(String request) {
        return call("summarize", request);
    }

    /**
     * Says how the things of given lists are spoken of.
     *
     * @param request JSON
     * @return JSON
     */
    public static String opinions(String request) {
        return call("opinions", request);
    }

    /**
     * Finds words that belong with given ones.
     *
     * @param request JSON
     * @return JSON
     */
    public static String expand(String request) {
        return call("expand", request);
    }

    /**
     * Does it all in one call: records to people, messages to conversations, texts to labels.
     *
     * @param request JSON
     * @return JSON
     */
    public static String run(String request) {
        return call("run", request);
    }

    /**
     * Measures a result against the truth.
     *
     * @param request JSON
     * @return JSON
     */
    public static String evaluate(String request) {
        return call("evaluate", request);
    }

    /**
     * Reads a file of messages: a mail, an mbox, or an export of WhatsApp, X, Slack, Telegram, Chatwoot or
     * Zendesk.
     *
     * @param file the bytes of the file
     * @param options JSON, such as <code>{"file_name": "general/2024-02-05.json"}</code>
     * @return JSON: {@code format}, {@code messages} as {@link #stitch(String)} takes them, {@code problems}
     */
    public static String readMessages(byte[] file, String options) {
        Objects.requireNonNull(file, "file");
        byte[] bytes = Call.utf8("options", options);
        Call call = new Call();
        return call.text(CLibrary.reknit_read_messages(
                file, Call.length(file), bytes, Call.length(bytes), call.out, call.err));
    }

    /**
     * Calls a verb by its name.
     *
     * @param verb such as {@code "resolve"}
     * @param request JSON
     * @return JSON
     */
    public static String call(String verb, String request) {
        return call(verb, request, null);
    }

    /**
     * Calls a verb by its name and tells {@code progress} how far it is.
     *
     * @param verb such as {@code "resolve"}
     * @param request JSON
     * @param progress told on this thread; may be {@code null}
     * @return JSON
     */
    public static String call(String verb, String request, Progress progress) {
        byte[] name = Call.utf8("verb", verb);
        byte[] bytes = Call.utf8("request", request);
        Call call = new Call(progress);
        return call.text(CLibrary.reknit_call(
                name, Call.length(name), bytes, Call.length(bytes), call.told, null, call.out, call.err));
    }

    /**
     * The version of the native library.
     *
     * @return such as {@code "0.1.0"}
     */
    public static String version() {
        return Call.string(CLibrary.reknit_version());
    }
}
