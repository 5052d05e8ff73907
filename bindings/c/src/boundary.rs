//! The boundary: every exported function, every raw pointer and every unsafe line of the library.
//!
//! Each function does three things and no more: it turns pointers and handles into Rust values
//! (checking all that can be checked), calls safe code inside [`guarded`], and hands the result out
//! as a new handle. The comments of exported items are the documentation of `include/reknit.h`.
//!
//! What is checked: NULL and misaligned pointers, lengths above the limit, UTF-8, the kind and the
//! generation of handles. What cannot be: that a non-NULL pointer has `length` readable bytes behind
//! it; that stays the caller's promise, as with every C function.
#![allow(unsafe_code, reason = "the one file that talks to C")]
#![allow(
    clippy::missing_safety_doc,
    clippy::doc_markdown,
    unreachable_pub,
    reason = "the comments are written for readers of the C header, which says what pointers must hold"
)]

use std::ffi::{c_char, c_void};
use std::ops::ControlFlow;
use std::slice;
use std::sync::Arc;

use reknit_arrow::arrow_array::ffi_stream::FFI_ArrowArrayStream;
use reknit_core::classify::{Annotator, MultiClassifier};
use reknit_core::model::Progress;
use reknit_core::resolve::Resolver;
use reknit_core::wire::{Engine, LabelEngine, StitchEngine};
use reknit_core::{Error, Result, wire};

use crate::classifier::Model;
use crate::guard::guarded;
use crate::handles::{Handles, Kind};
use crate::{arrow, json};

/// The number of the binary interface. It grows with every change that an old program would not
/// survive, and it is the number in libreknit.so.0.
pub const REKNIT_ABI_VERSION: u32 = 0;

/// The longest request, text or model in bytes (1 GiB). Records in bulk go through
/// reknit_resolve_arrow().
pub const REKNIT_MAX_LENGTH: usize = 1 << 30;

/// What a function returns, and what reknit_error_code() gives. A later version may add numbers.
#[repr(i32)]
#[allow(dead_code, reason = "the values come from ErrorKind::code(); a test compares the two")]
#[derive(Clone, Copy)]
pub enum Status {
    /// It worked.
    Ok = 0,
    /// A setting is out of its range, or two settings contradict each other.
    Config = 1,
    /// A request breaks the documented shape, or an argument of the call is wrong: NULL, a freed
    /// handle, bytes that are no UTF-8.
    Input = 2,
    /// A model is damaged, cut short or made by a newer version.
    Model = 3,
    /// Must-link and cannot-link constraints contradict each other.
    Contradiction = 4,
    /// A verb, model, label or record of that name is not known.
    NotFound = 5,
    /// The progress callback asked to stop.
    Cancelled = 6,
    /// A file or stream could not be read or written.
    Io = 7,
    /// A promise inside the library was broken. The call had no effect.
    Internal = 8,
}

/// A result that the caller owns: UTF-8 JSON, or the bytes of a model. Free it with
/// reknit_text_free(). Immutable: any number of threads may read it at once.
pub type Text = u64;

/// A text classifier that the caller owns and frees with reknit_classifier_free(). Immutable: any
/// number of threads may use it at once, and one may free it while others are in a call with it.
pub type ClassifierHandle = u64;

/// A trained classifier that gives a text several labels, or none. The caller owns it and frees it with
/// reknit_multi_classifier_free(). Immutable: any number of threads may use it at once, and one may free it
/// while others are in a call with it.
pub type MultiClassifierHandle = u64;

/// Several readers of texts that are asked together. The caller owns it and frees it with reknit_annotator_free().
/// Immutable: any number of threads may use it at once, and one may free it while others are in a call with it.
pub type AnnotatorHandle = u64;

/// A resolver: what agreement and disagreement between records are worth, learnt from records. The
/// caller owns it and frees it with reknit_resolver_free(). Immutable: any number of threads may use
/// it at once, and one may free it while others are in a call with it.
pub type ResolverHandle = u64;

/// A live resolver: records and their entities, kept up to date one record at a time. The caller owns it
/// and frees it with reknit_live_resolver_free(). It has a lock of its own: any number of threads may use
/// it at once, questions run beside one another and a change runs alone; one may free it while others
/// are in a call with it. Once a change was REKNIT_STATUS_INTERNAL, all calls with it are.
pub type LiveResolverHandle = u64;

/// A live stitcher: messages and their conversations, kept up to date one message at a time. The caller
/// owns it and frees it with reknit_live_stitcher_free(). It has a lock of its own, as a live resolver has,
/// and what is said there of threads holds here too.
pub type LiveStitcherHandle = u64;

/// A live classifier: a classifier and the examples it was learnt from, to which more are added. The caller
/// owns it and frees it with reknit_live_classifier_free(). It has a lock of its own, as a live resolver has,
/// and what is said there of threads holds here too.
pub type LiveClassifierHandle = u64;

/// What went wrong. The caller owns it and frees it with reknit_error_free(). Immutable: any number
/// of threads may read it at once.
pub type Failure = u64;

/// A callback of a long call: `done` of `total` steps of the present stage are done (`total` is 0
/// when unknown), `data` is the caller's own pointer. It returns 0 to go on and any other number to
/// stop; then the call returns REKNIT_STATUS_CANCELLED. It runs on the thread that made the call and
/// may call the library itself. It must return: no exception, no longjmp.
pub type Watch = Option<unsafe extern "C" fn(done: u64, total: u64, data: *mut c_void) -> i32>;

static TEXTS: Handles<Vec<u8>> = Handles::new(Kind::Text);
static CLASSIFIERS: Handles<Model> = Handles::new(Kind::Classifier);
static MULTI_CLASSIFIERS: Handles<MultiClassifier> = Handles::new(Kind::MultiClassifier);
static ANNOTATORS: Handles<Annotator> = Handles::new(Kind::Annotator);
static RESOLVERS: Handles<Resolver> = Handles::new(Kind::Resolver);
static LIVE_RESOLVERS: Handles<Engine> = Handles::new(Kind::LiveResolver);
static LIVE_STITCHERS: Handles<StitchEngine> = Handles::new(Kind::LiveStitcher);
static LIVE_CLASSIFIERS: Handles<LabelEngine> = Handles::new(Kind::LiveClassifier);
static FAILURES: Handles<FailureParts> = Handles::new(Kind::Error);

/// An error as C reads it.
struct FailureParts {
    code: i32,
    /// The name of the kind and a zero byte.
    name: Vec<u8>,
    /// UTF-8 and a zero byte.
    message: Vec<u8>,
}

// ---- The verbs -----------------------------------------------------------------------------------

/// Brings the values of contact records to their normal form.
///
/// This holds for every verb. `request` is UTF-8 JSON of `length` bytes, borrowed for the call and
/// with no need for a zero byte at its end; docs/bindings.md describes it. On success the function
/// returns 0 and `*out` is a new text with the JSON answer, owned by the caller. Otherwise it
/// returns a reknit_status, `*out` is 0 and, when `err` is not NULL, `*err` is a new error owned by
/// the caller. What `*out` and `*err` held before is overwritten, not freed. Any number of threads
/// may call at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_normalize(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("normalize", request, length, out, err) }
}

/// Finds which contact records are one person or organisation. See reknit_normalize() for the
/// arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_resolve(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("resolve", request, length, out, err) }
}

/// Says why two records are one entity, or what keeps them apart. See reknit_normalize() for the
/// arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_explain(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("explain", request, length, out, err) }
}

/// Says how an entity came about: which links joined its records, the strongest first, and what people
/// decided. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_how(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("how", request, length, out, err) }
}

/// Says which entities would be other without a record. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_what_if(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("what_if", request, length, out, err) }
}

/// Brings the evidence of any answer into the bars of a waterfall chart. See reknit_normalize() for the
/// arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_waterfall(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("waterfall", request, length, out, err) }
}

/// Starts with records, makes changes and answers questions in their order; reknit_live_resolver_begin()
/// keeps the engine as a handle instead. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("live", request, length, out, err) }
}

/// Says what was learnt from records: what each level of each comparison weighs, and how often it was
/// seen. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_model_table(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("model_table", request, length, out, err) }
}

/// Finds the pairs of records whose answers would teach most, for people to look at. See
/// reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_review(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("review", request, length, out, err) }
}

/// Makes one golden record of each entity: which value of each field survives, and where it comes
/// from. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_golden(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("golden", request, length, out, err) }
}

/// Joins messages of all channels into conversations. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_stitch(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("stitch", request, length, out, err) }
}

/// Says why a message is where reknit_stitch() puts it. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_explain_link(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("explain_link", request, length, out, err) }
}

/// Starts with messages, makes changes and answers questions in their order;
/// reknit_live_stitcher_begin() keeps the engine as a handle instead. See reknit_normalize() for the
/// arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_stitch_live(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("stitch_live", request, length, out, err) }
}

/// Trains a text classifier and gives it back inside the answer; reknit_classifier_train() keeps it
/// as a handle instead. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_train(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("train", request, length, out, err) }
}

/// Labels texts. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classify(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("classify", request, length, out, err) }
}

/// Says what texts would be labelled without their words. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_counterfactual(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("counterfactual", request, length, out, err) }
}

/// Says which words speak for a label, and which against it. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_top_features(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("top_features", request, length, out, err) }
}

/// Says which texts teach most when a person labels them. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_suggest(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("suggest", request, length, out, err) }
}

/// Learns from examples, makes changes and answers questions in their order; reknit_live_classifier_begin()
/// keeps the engine as a handle instead. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classify_live(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("classify_live", request, length, out, err) }
}

/// Trains a classifier of several labels a text and describes it; reknit_multi_classifier_train() keeps it
/// as a handle instead. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_train_multi(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("train_multi", request, length, out, err) }
}

/// Gives texts several labels, or none. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classify_multi(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("classify_multi", request, length, out, err) }
}

/// Reads texts in several ways at once. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_annotate(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("annotate", request, length, out, err) }
}

/// Says why texts carry a label, or not. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_explain_multi(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("explain_multi", request, length, out, err) }
}

/// Says whether texts would carry a label without their words. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_counterfactual_multi(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("counterfactual_multi", request, length, out, err) }
}

/// Says which words speak for a label, and which against it, where texts carry several. See reknit_normalize() for the
/// arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_top_features_multi(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("top_features_multi", request, length, out, err) }
}

/// Finds dates, amounts, numbers, addresses and accounts in texts. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_extract(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("extract", request, length, out, err) }
}

/// Puts placeholders in the place of personal data. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_redact(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("redact", request, length, out, err) }
}

/// Finds what each text is about. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_key_phrases(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("key_phrases", request, length, out, err) }
}

/// Finds the texts most like each query. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_similar(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("similar", request, length, out, err) }
}

/// Groups texts that are nearly the same. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_duplicates(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("duplicates", request, length, out, err) }
}

/// Finds what a collection is about, and what is new in its last period. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_topics(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("topics", request, length, out, err) }
}

/// Parts texts by what they want, how they sound and what they are about. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_segments(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("segments", request, length, out, err) }
}

/// Sums a conversation up in its own sentences. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_summarize(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("summarize", request, length, out, err) }
}

/// Says how the things of given lists are spoken of. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_opinions(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("opinions", request, length, out, err) }
}

/// Finds words that belong with given ones. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_expand(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("expand", request, length, out, err) }
}

/// Does it all in one call: records to people, messages to conversations, texts to labels, joined.
/// See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_run(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("run", request, length, out, err) }
}

/// Measures a result against the truth. See reknit_normalize() for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_evaluate(
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { call("evaluate", request, length, out, err) }
}

/// Reads a file of messages: a mail, an mbox, or an export of WhatsApp, X, Slack, Telegram, Chatwoot or
/// Zendesk. `bytes` are the `length` bytes of the file and `options` is UTF-8 JSON of `options_length`
/// bytes, such as {"file_name": "general/2024-02-05.json"}; both are borrowed for the call. The answer
/// has `format`, `messages` as reknit_stitch() takes them, and `problems`. See reknit_normalize() for
/// the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_read_messages(
    bytes: *const u8,
    length: usize,
    options: *const c_char,
    options_length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let file = self::bytes("bytes", bytes, length)?;
            let options = utf8("options", options, options_length)?;
            keep_text(reknit_messages::wire::read_messages(file, options)?.into_bytes())
        })
    }
}

/// Calls a verb by its name, for hosts that learn the verb at run time, and tells `watch` how far it
/// is. `verb` is UTF-8 of `verb_length` bytes, borrowed for the call. `watch` may be NULL; `data` is
/// handed to it as it is, and the library never reads it. See reknit_normalize() for the other
/// arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_call(
    verb: *const c_char,
    verb_length: usize,
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let verb = utf8("verb", verb, verb_length)?;
            let request = utf8("request", request, length)?;
            keep_text(wire::call_watched(verb, request, &mut teller(watch, data))?.into_bytes())
        })
    }
}

// ---- Classifiers ---------------------------------------------------------------------------------

/// Trains a classifier. `request` is the JSON of reknit_train(); `watch` may be NULL, and `data` is
/// handed to it as it is. On success `*out` is a new classifier, owned by the caller. See
/// reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classifier_train(
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut ClassifierHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            let classifier = wire::trained(request, &mut teller(watch, data))?;
            CLASSIFIERS.keep(Model::Trained(Arc::new(classifier)))
        })
    }
}

/// A classifier that needs no training. `name` is UTF-8 of `length` bytes, borrowed for the call;
/// there is "sentiment". On success `*out` is a new classifier, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classifier_builtin(
    name: *const c_char,
    length: usize,
    out: *mut ClassifierHandle,
    err: *mut Failure,
) -> i32 {
    unsafe { give(out, err, || CLASSIFIERS.keep(Model::builtin(utf8("name", name, length)?)?)) }
}

/// Reads a classifier that reknit_classifier_save() wrote. `bytes` are `length` bytes, borrowed for
/// the call; damaged ones are REKNIT_STATUS_MODEL. On success `*out` is a new classifier, owned by
/// the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classifier_load(
    bytes: *const u8,
    length: usize,
    out: *mut ClassifierHandle,
    err: *mut Failure,
) -> i32 {
    unsafe { give(out, err, || CLASSIFIERS.keep(Model::load(self::bytes("bytes", bytes, length)?)?)) }
}

/// Writes a trained classifier as bytes. On success `*out` is a new text that holds them, owned by
/// the caller. A built-in classifier is REKNIT_STATUS_CONFIG.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classifier_save(
    classifier: ClassifierHandle,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { give(out, err, || keep_text(CLASSIFIERS.get(classifier)?.save()?)) }
}

/// Labels one text. `text` is plain UTF-8, no JSON, of `length` bytes, borrowed for the call. On
/// success `*out` is a new text, owned by the caller: a JSON object with `label` and `probability`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classifier_classify(
    classifier: ClassifierHandle,
    text: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let answer = CLASSIFIERS.get(classifier)?.classify(utf8("text", text, length)?)?;
            keep_text(answer.into_bytes())
        })
    }
}

/// Labels many texts, on all cores. `texts` is a JSON list of strings of `length` bytes, borrowed
/// for the call. On success `*out` is a new text, owned by the caller: a JSON list of what
/// reknit_classifier_classify() gives, in the same order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classifier_classify_all(
    classifier: ClassifierHandle,
    texts: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let answer = CLASSIFIERS.get(classifier)?.classify_all(utf8("texts", texts, length)?)?;
            keep_text(answer.into_bytes())
        })
    }
}

/// Says why a text gets its label, with the bytes that speak for it and against it. `text` is plain
/// UTF-8 of `length` bytes, borrowed for the call. On success `*out` is a new JSON text, owned by
/// the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classifier_explain(
    classifier: ClassifierHandle,
    text: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let answer = CLASSIFIERS.get(classifier)?.explain(utf8("text", text, length)?)?;
            keep_text(answer.into_bytes())
        })
    }
}

/// Asks a trained classifier a question. `question` is JSON of `length` bytes, borrowed for the call:
/// {"explain": text}, {"counterfactual": text}, {"top_features": {"label", "texts", "count"?}} or {"suggest":
/// {"texts", "count"?}}. On success `*out` is a new JSON text, owned by the caller. A built-in classifier is
/// REKNIT_STATUS_CONFIG.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_classifier_ask(
    classifier: ClassifierHandle,
    question: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let answer = CLASSIFIERS.get(classifier)?.ask(utf8("question", question, length)?)?;
            keep_text(answer.into_bytes())
        })
    }
}

/// Frees `classifier`; nothing happens for 0. A call on another thread that uses it ends well. A
/// classifier freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_classifier_free(classifier: ClassifierHandle) -> i32 {
    status(guarded(|| CLASSIFIERS.free(classifier)))
}

// ---- Classifiers of several labels a text --------------------------------------------------------

/// Trains a classifier of several labels a text. `request` is the JSON of reknit_train_multi(); `watch` may be
/// NULL, and `data` is handed to it as it is. On success `*out` is a new classifier, owned by the caller. See
/// reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_multi_classifier_train(
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut MultiClassifierHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            MULTI_CLASSIFIERS.keep(wire::trained_multi(request, &mut teller(watch, data))?)
        })
    }
}

/// Reads a classifier that reknit_multi_classifier_save() wrote. `bytes` are `length` bytes, borrowed for the
/// call; damaged ones, and those of a classifier of one label a text, are REKNIT_STATUS_MODEL. On success `*out`
/// is a new classifier, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_multi_classifier_load(
    bytes: *const u8,
    length: usize,
    out: *mut MultiClassifierHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            MULTI_CLASSIFIERS.keep(MultiClassifier::load(self::bytes("bytes", bytes, length)?)?)
        })
    }
}

/// Writes a classifier as bytes. On success `*out` is a new text that holds them, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_multi_classifier_save(
    classifier: MultiClassifierHandle,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { give(out, err, || keep_text(MULTI_CLASSIFIERS.get(classifier)?.save())) }
}

/// Labels one text. `text` is plain UTF-8, no JSON, of `length` bytes, borrowed for the call. On success `*out`
/// is a new text, owned by the caller: a JSON object with `labels`, most probable first, each with `label`,
/// `probability` and `holds`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_multi_classifier_classify(
    classifier: MultiClassifierHandle,
    text: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let found = MULTI_CLASSIFIERS.get(classifier)?.classify(utf8("text", text, length)?);
            keep_text(json::write(&found)?.into_bytes())
        })
    }
}

/// Labels many texts, on all cores. `texts` is a JSON list of strings of `length` bytes, borrowed for the call.
/// On success `*out` is a new text, owned by the caller: a JSON list of what
/// reknit_multi_classifier_classify() gives, in the same order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_multi_classifier_classify_all(
    classifier: MultiClassifierHandle,
    texts: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let texts: Vec<String> = json::read("texts", utf8("texts", texts, length)?)?;
            let found = MULTI_CLASSIFIERS.get(classifier)?.classify_all(&texts, 0);
            keep_text(json::write(&found)?.into_bytes())
        })
    }
}

/// Says why a text carries a label, or not, with the bytes that speak for it and against it. `text` is plain
/// UTF-8 of `length` bytes and `label` of `label_length`, both borrowed for the call; an unknown label is
/// REKNIT_STATUS_NOT_FOUND. On success `*out` is a new JSON text, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_multi_classifier_explain(
    classifier: MultiClassifierHandle,
    text: *const c_char,
    length: usize,
    label: *const c_char,
    label_length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let (text, label) = (utf8("text", text, length)?, utf8("label", label, label_length)?);
            let why = MULTI_CLASSIFIERS.get(classifier)?.explain(text, label)?;
            keep_text(json::write(&why)?.into_bytes())
        })
    }
}

/// Asks a classifier of several labels a question. `question` is JSON of `length` bytes, borrowed for the call:
/// {"explain": {"text", "label"}}, {"counterfactual": {"text", "label"}} or {"top_features": {"label", "texts",
/// "count"?}}. An unknown label is REKNIT_STATUS_NOT_FOUND. On success `*out` is a new JSON text, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_multi_classifier_ask(
    classifier: MultiClassifierHandle,
    question: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let classifier = MULTI_CLASSIFIERS.get(classifier)?;
            let answer = wire::asked_multi(&classifier, utf8("question", question, length)?)?;
            keep_text(answer.into_bytes())
        })
    }
}

/// Frees `classifier`; nothing happens for 0. A call on another thread that uses it ends well. A classifier
/// freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_multi_classifier_free(classifier: MultiClassifierHandle) -> i32 {
    status(guarded(|| MULTI_CLASSIFIERS.free(classifier)))
}

// ---- Annotators ----------------------------------------------------------------------------------

/// Several readers of texts. `request` is the JSON of reknit_annotate() without its `texts` and `brief`: `models`,
/// `train`, `train_multi`; where nobody is named, all models that need no training. `watch` may be NULL, and `data` is
/// handed to it as it is. On success `*out` is a new annotator, owned by the caller. See reknit_normalize() for the
/// other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_annotator_new(
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut AnnotatorHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            ANNOTATORS.keep(wire::annotator(request, &mut teller(watch, data))?)
        })
    }
}

/// A new annotator that asks the readers of `annotator` and a trained `classifier` under a name; both stay as they are
/// and may be freed before it. `name` is UTF-8 of `length` bytes, borrowed for the call; one that another reader has is
/// REKNIT_STATUS_INPUT, and a built-in classifier REKNIT_STATUS_CONFIG. On success `*out` is owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_annotator_with(
    annotator: AnnotatorHandle,
    name: *const c_char,
    length: usize,
    classifier: ClassifierHandle,
    out: *mut AnnotatorHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let (annotator, name) = (ANNOTATORS.get(annotator)?, utf8("name", name, length)?);
            ANNOTATORS.keep(CLASSIFIERS.get(classifier)?.annotating(&annotator, name)?)
        })
    }
}

/// reknit_annotator_with() for a classifier of several labels a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_annotator_with_multi(
    annotator: AnnotatorHandle,
    name: *const c_char,
    length: usize,
    classifier: MultiClassifierHandle,
    out: *mut AnnotatorHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let (annotator, name) = (ANNOTATORS.get(annotator)?, utf8("name", name, length)?);
            let classifier = MULTI_CLASSIFIERS.get(classifier)?;
            ANNOTATORS.keep(Annotator::clone(&annotator).with_multi(name, classifier)?)
        })
    }
}

/// Reads one text. `text` is plain UTF-8, no JSON, of `length` bytes, borrowed for the call. On success `*out` is a new
/// text, owned by the caller: a JSON object that has by the name of each reader what it says when it is asked alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_annotator_annotate(
    annotator: AnnotatorHandle,
    text: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let found = ANNOTATORS.get(annotator)?.annotate(utf8("text", text, length)?);
            keep_text(json::write(&found)?.into_bytes())
        })
    }
}

/// Reads many texts, on all cores. `texts` is a JSON list of strings of `length` bytes, borrowed for the call. On
/// success `*out` is a new text, owned by the caller: a JSON list of what reknit_annotator_annotate() gives, in the same
/// order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_annotator_annotate_all(
    annotator: AnnotatorHandle,
    texts: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let texts: Vec<String> = json::read("texts", utf8("texts", texts, length)?)?;
            let found = ANNOTATORS.get(annotator)?.annotate_all(&texts, 0);
            keep_text(json::write(&found)?.into_bytes())
        })
    }
}

/// Reads texts in bulk, as Arrow C streams and without JSON. `column` is the name of the column of texts in `texts`,
/// UTF-8 of `length` bytes, borrowed for the call; see reknit_annotate_arrow() for the streams. The annotator may be
/// freed before `*out` is released.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_annotator_annotate_arrow(
    annotator: AnnotatorHandle,
    texts: *mut FFI_ArrowArrayStream,
    column: *const c_char,
    length: usize,
    out: *mut FFI_ArrowArrayStream,
    err: *mut Failure,
) -> i32 {
    unsafe {
        finish(err, || {
            check_place("texts", texts)?;
            check_place("out", out)?;
            let texts = FFI_ArrowArrayStream::from_raw(texts);
            out.write(FFI_ArrowArrayStream::empty());
            let column = utf8("column", column, length)?;
            out.write(arrow::annotate_with(ANNOTATORS.get(annotator)?, texts, column)?);
            Ok(())
        })
    }
}

/// Frees `annotator`; nothing happens for 0. A call on another thread that uses it ends well. An annotator freed twice,
/// or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_annotator_free(annotator: AnnotatorHandle) -> i32 {
    status(guarded(|| ANNOTATORS.free(annotator)))
}

// ---- Resolvers -----------------------------------------------------------------------------------

/// Learns from records, without labels, what agreement and disagreement are worth. `request` is the
/// JSON of reknit_resolve(); `watch` may be NULL, and `data` is handed to it as it is. On success
/// `*out` is a new resolver, owned by the caller. See reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_resolver_fit(
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut ResolverHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            RESOLVERS.keep(wire::fitted(request, &mut teller(watch, data))?)
        })
    }
}

/// Reads a resolver that reknit_resolver_save() wrote. `model` is JSON of `length` bytes, borrowed
/// for the call; another shape is REKNIT_STATUS_MODEL. On success `*out` is a new resolver, owned by
/// the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_resolver_load(
    model: *const c_char,
    length: usize,
    out: *mut ResolverHandle,
    err: *mut Failure,
) -> i32 {
    unsafe { give(out, err, || RESOLVERS.keep(json::model(utf8("model", model, length)?)?)) }
}

/// Writes a resolver as JSON. On success `*out` is a new text that holds it, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_resolver_save(
    resolver: ResolverHandle,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { give(out, err, || keep_text(json::write(&*RESOLVERS.get(resolver)?)?.into_bytes())) }
}

/// Finds which records are one entity, by what the resolver has learnt. `request` is the JSON of
/// reknit_resolve() without its `config`: the resolver has its own. `watch` may be NULL, and `data`
/// is handed to it as it is. On success `*out` is a new text with the answer of reknit_resolve(),
/// owned by the caller. See reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_resolver_resolve(
    resolver: ResolverHandle,
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            let resolver = RESOLVERS.get(resolver)?;
            keep_text(wire::resolved(&resolver, request, &mut teller(watch, data))?.into_bytes())
        })
    }
}

/// Says why two records are, or are not, one entity, by what the resolver has learnt. `request` is
/// the JSON of reknit_explain() without its `config`. On success `*out` is a new text with the
/// answer of reknit_explain(), owned by the caller. See reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_resolver_explain(
    resolver: ResolverHandle,
    request: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            keep_text(wire::explained(&*RESOLVERS.get(resolver)?, request)?.into_bytes())
        })
    }
}

/// Frees `resolver`; nothing happens for 0. A call on another thread that uses it ends well. A
/// resolver freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_resolver_free(resolver: ResolverHandle) -> i32 {
    status(guarded(|| RESOLVERS.free(resolver)))
}

// ---- Live resolvers ------------------------------------------------------------------------------

/// Starts a live resolver. `request` is the JSON of reknit_live() without its `changes`: `records` to
/// start with, `learn_from` for a model learnt from other records, `config`; all may be left out.
/// `watch` may be NULL, and `data` is handed to it as it is. On success `*out` is a new live resolver,
/// owned by the caller. See reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_resolver_begin(
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut LiveResolverHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            LIVE_RESOLVERS.keep(Engine::begin(request, &mut teller(watch, data))?)
        })
    }
}

/// Starts a live resolver with what `resolver` has learnt, which it keeps a copy of. `request` is JSON
/// of `length` bytes with the `records` to start with: {} for none. See reknit_live_resolver_begin() for
/// the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_resolver_begin_with(
    resolver: ResolverHandle,
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut LiveResolverHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            let resolver = RESOLVERS.get(resolver)?;
            LIVE_RESOLVERS.keep(Engine::begin_with(&resolver, request, &mut teller(watch, data))?)
        })
    }
}

/// Reads a live resolver that reknit_live_resolver_save() wrote. `bytes` are `length` bytes, borrowed
/// for the call; damaged ones are REKNIT_STATUS_MODEL. On success `*out` is a new live resolver with the
/// same entities under the same ids, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_resolver_load(
    bytes: *const u8,
    length: usize,
    out: *mut LiveResolverHandle,
    err: *mut Failure,
) -> i32 {
    unsafe { give(out, err, || LIVE_RESOLVERS.keep(Engine::load(self::bytes("bytes", bytes, length)?)?)) }
}

/// Writes a live resolver as bytes, its records included. On success `*out` is a new text that holds
/// them, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_resolver_save(
    live: LiveResolverHandle,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { give(out, err, || keep_text(LIVE_RESOLVERS.get(live)?.save()?)) }
}

/// Makes one change. `change` is JSON of `length` bytes, one of the `changes` of reknit_live():
/// {"upsert": record}, {"delete": key}, {"must_link": [key, key]}, {"cannot_link": [key, key]} or
/// {"undo_link": [key, key]}. On success `*out` is a new JSON text, owned by the caller, with the entity
/// of the record and what happened to entities; otherwise nothing was changed. See reknit_normalize()
/// for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_resolver_change(
    live: LiveResolverHandle,
    change: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let change = utf8("change", change, length)?;
            keep_text(LIVE_RESOLVERS.get(live)?.change(change)?.into_bytes())
        })
    }
}

/// Answers one question. `question` is JSON of `length` bytes, one of the `changes` of reknit_live()
/// that change nothing: {"explain": [key, key]}, {"how": entity or key}, {"what_if": key},
/// {"entity_of": key}, {"members": entity}, {"record": key}, {"entities": true} or {"save": true}. On
/// success `*out` is a new JSON text, owned by the caller. See reknit_normalize() for the other
/// arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_resolver_ask(
    live: LiveResolverHandle,
    question: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let question = utf8("question", question, length)?;
            keep_text(LIVE_RESOLVERS.get(live)?.ask(question)?.into_bytes())
        })
    }
}

/// Frees `live`; nothing happens for 0. A call on another thread that uses it ends well. A live resolver
/// freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_live_resolver_free(live: LiveResolverHandle) -> i32 {
    status(guarded(|| LIVE_RESOLVERS.free(live)))
}

// ---- Live stitchers ------------------------------------------------------------------------------

/// Starts a live stitcher. `request` is the JSON of reknit_stitch_live() without its `changes`:
/// `messages` to start with and `config`; both may be left out: {}. `watch` may be NULL, and `data` is
/// handed to it as it is. On success `*out` is a new live stitcher, owned by the caller. See
/// reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_stitcher_begin(
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut LiveStitcherHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            LIVE_STITCHERS.keep(StitchEngine::begin(request, &mut teller(watch, data))?)
        })
    }
}

/// Reads a live stitcher that reknit_live_stitcher_save() wrote. `bytes` are `length` bytes, borrowed for
/// the call; damaged ones are REKNIT_STATUS_MODEL. On success `*out` is a new live stitcher with the same
/// conversations under the same numbers, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_stitcher_load(
    bytes: *const u8,
    length: usize,
    out: *mut LiveStitcherHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || LIVE_STITCHERS.keep(StitchEngine::load(self::bytes("bytes", bytes, length)?)?))
    }
}

/// Writes a live stitcher as bytes: ids and numbers, no text of a message. On success `*out` is a new text
/// that holds them, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_stitcher_save(
    live: LiveStitcherHandle,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { give(out, err, || keep_text(LIVE_STITCHERS.get(live)?.save()?)) }
}

/// Makes one change. `change` is JSON of `length` bytes, one of the `changes` of reknit_stitch_live():
/// {"upsert": message}, {"delete": id}, {"must_link": [id, id]}, {"cannot_link": [id, id]},
/// {"undo_link": [id, id]}, {"split": id}, {"move_to": [id, conversation]} or {"close_before": time}. On
/// success `*out` is a new JSON text, owned by the caller, with the conversation of the message and what
/// happened to conversations, or with what was closed; otherwise nothing was changed. See
/// reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_stitcher_change(
    live: LiveStitcherHandle,
    change: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let change = utf8("change", change, length)?;
            keep_text(LIVE_STITCHERS.get(live)?.change(change)?.into_bytes())
        })
    }
}

/// Answers one question. `question` is JSON of `length` bytes, one of the `changes` of
/// reknit_stitch_live() that change nothing: {"explain": id}, {"conversation_of": id},
/// {"members": conversation}, {"conversations": true}, {"suggestions": true} or {"save": true}. On success
/// `*out` is a new JSON text, owned by the caller. See reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_stitcher_ask(
    live: LiveStitcherHandle,
    question: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let question = utf8("question", question, length)?;
            keep_text(LIVE_STITCHERS.get(live)?.ask(question)?.into_bytes())
        })
    }
}

/// Frees `live`; nothing happens for 0. A call on another thread that uses it ends well. A live stitcher
/// freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_live_stitcher_free(live: LiveStitcherHandle) -> i32 {
    status(guarded(|| LIVE_STITCHERS.free(live)))
}

// ---- Live classifiers ----------------------------------------------------------------------------

/// Starts a live classifier. `request` is the JSON of reknit_classify_live() without its `changes`:
/// `examples` to learn from, and `dev` and `config`, which may be left out. `watch` may be NULL, and `data` is
/// handed to it as it is. On success `*out` is a new live classifier, owned by the caller. See
/// reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_classifier_begin(
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut LiveClassifierHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            LIVE_CLASSIFIERS.keep(LabelEngine::begin(request, &mut teller(watch, data))?)
        })
    }
}

/// Starts a live classifier with a trained `classifier`, which stays as it is, and the examples it was learnt
/// from, or others: `request` is JSON of `length` bytes with `examples`. They are learnt by the classifier's
/// settings, without a search. On success `*out` is a new live classifier, owned by the caller. A built-in
/// classifier is REKNIT_STATUS_CONFIG. See reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_classifier_begin_with(
    classifier: ClassifierHandle,
    request: *const c_char,
    length: usize,
    out: *mut LiveClassifierHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            LIVE_CLASSIFIERS.keep(CLASSIFIERS.get(classifier)?.live(request)?)
        })
    }
}

/// Reads a live classifier that reknit_live_classifier_save() wrote. `bytes` are `length` bytes, borrowed for
/// the call; damaged ones are REKNIT_STATUS_MODEL. On success `*out` is a new live classifier that goes on as
/// the saved one would have, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_classifier_load(
    bytes: *const u8,
    length: usize,
    out: *mut LiveClassifierHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || LIVE_CLASSIFIERS.keep(LabelEngine::load(self::bytes("bytes", bytes, length)?)?))
    }
}

/// Writes a live classifier as bytes, with the texts of its examples. On success `*out` is a new text that
/// holds them, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_classifier_save(
    live: LiveClassifierHandle,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe { give(out, err, || keep_text(LIVE_CLASSIFIERS.get(live)?.save()?)) }
}

/// Makes one change. `change` is JSON of `length` bytes, one of the `changes` of reknit_classify_live():
/// {"add": [example, ...]}, {"forget": [text, ...]} or {"settle": true}. On success `*out` is a new JSON text,
/// owned by the caller, with the number of `examples` and `labels`, and whether all is `settled`; otherwise
/// nothing was changed. See reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_classifier_change(
    live: LiveClassifierHandle,
    change: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let change = utf8("change", change, length)?;
            keep_text(LIVE_CLASSIFIERS.get(live)?.change(change)?.into_bytes())
        })
    }
}

/// Answers one question. `question` is JSON of `length` bytes, one of the `changes` of
/// reknit_classify_live() that change nothing: {"classify": [text, ...]}, those of reknit_classifier_ask(),
/// {"labels": true}, {"examples": true} or {"save": true}. On success `*out` is a new JSON text, owned by the
/// caller. See reknit_normalize() for the other arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_classifier_ask(
    live: LiveClassifierHandle,
    question: *const c_char,
    length: usize,
    out: *mut Text,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let question = utf8("question", question, length)?;
            keep_text(LIVE_CLASSIFIERS.get(live)?.ask(question)?.into_bytes())
        })
    }
}

/// The classifier as it is now. On success `*out` is a new classifier, which later changes of `live` do not
/// touch, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_live_classifier_classifier(
    live: LiveClassifierHandle,
    out: *mut ClassifierHandle,
    err: *mut Failure,
) -> i32 {
    unsafe {
        give(out, err, || {
            let classifier = LIVE_CLASSIFIERS.get(live)?.classifier()?;
            CLASSIFIERS.keep(Model::Trained(Arc::new(classifier)))
        })
    }
}

/// Frees `live`; nothing happens for 0. A call on another thread that uses it ends well. A live classifier
/// freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_live_classifier_free(live: LiveClassifierHandle) -> i32 {
    status(guarded(|| LIVE_CLASSIFIERS.free(live)))
}

// ---- Bulk ----------------------------------------------------------------------------------------

/// reknit_resolve() for records in bulk, as Arrow C streams and without JSON.
///
/// `records` has a row per record: the columns `source` and `id` are its key, the others mean what
/// their names say. `request` is JSON of `length` bytes, borrowed for the call: `source` for records
/// without a column of that name, and the `config` of reknit_resolve(); both may be left out: {}.
/// On success `*out` is a stream with the columns source, id, entity_id and probability, a row per
/// record in the same order; the caller owns it and ends it with its release callback. Otherwise
/// `*out` is a released stream. What `*out` held before is overwritten, not released.
///
/// `records` is used up: its release callback is called in every case but one, that `records` or
/// `out` is NULL or misaligned. The struct itself stays the caller's. Take streams only from
/// producers you trust: values are checked, but the size of their buffers cannot be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_resolve_arrow(
    records: *mut FFI_ArrowArrayStream,
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut FFI_ArrowArrayStream,
    err: *mut Failure,
) -> i32 {
    unsafe {
        finish(err, || {
            check_place("records", records)?;
            check_place("out", out)?;
            let records = FFI_ArrowArrayStream::from_raw(records);
            out.write(FFI_ArrowArrayStream::empty());
            let request = utf8("request", request, length)?;
            out.write(arrow::resolve(records, request, &mut teller(watch, data))?);
            Ok(())
        })
    }
}

/// reknit_annotate() for texts in bulk, as Arrow C streams and without JSON.
///
/// `texts` has a row per text. `request` is JSON of `length` bytes, borrowed for the call: `column`, the column of the
/// texts ("text" where it is left out), and `models`, `train` and `train_multi` as reknit_annotate() takes them. On
/// success `*out` is a stream with two columns per reader, its name (the label) and its name with _probability after
/// it, a row per text in the same order and in the same batches. It reads `texts` as it is read itself, a batch at a
/// time, so both may be longer than memory; the caller ends it with its release callback, which ends `texts` too. A null
/// is read as an empty text. `watch` is asked while classifiers of the request are trained, not while the stream is read.
/// Otherwise `*out` is a released stream. What `*out` held before is overwritten, not released.
///
/// `texts` is used up: see reknit_resolve_arrow(), also for what is checked of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reknit_annotate_arrow(
    texts: *mut FFI_ArrowArrayStream,
    request: *const c_char,
    length: usize,
    watch: Watch,
    data: *mut c_void,
    out: *mut FFI_ArrowArrayStream,
    err: *mut Failure,
) -> i32 {
    unsafe {
        finish(err, || {
            check_place("texts", texts)?;
            check_place("out", out)?;
            let texts = FFI_ArrowArrayStream::from_raw(texts);
            out.write(FFI_ArrowArrayStream::empty());
            let request = utf8("request", request, length)?;
            out.write(arrow::annotate(texts, request, &mut teller(watch, data))?);
            Ok(())
        })
    }
}

// ---- Results -------------------------------------------------------------------------------------

/// The bytes of `text`. The pointer is borrowed from the text: it is good until reknit_text_free()
/// and must not be written to. One zero byte, not counted by reknit_text_length(), follows the last
/// byte, so JSON may be printed as a C string. NULL when `text` is no text.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_text_data(text: Text) -> *const c_char {
    let data = guarded(|| TEXTS.get(text));
    data.map_or(std::ptr::null(), |data| data.as_ptr().cast())
}

/// How many bytes `text` holds. 0 when `text` is no text.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_text_length(text: Text) -> usize {
    let data = guarded(|| TEXTS.get(text));
    data.map_or(0, |data| data.len().saturating_sub(1))
}

/// Frees `text`; nothing happens for 0. A text freed twice, or a handle of another kind, is
/// REKNIT_STATUS_INPUT and nothing is freed.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_text_free(text: Text) -> i32 {
    status(guarded(|| TEXTS.free(text)))
}

// ---- Errors --------------------------------------------------------------------------------------

/// The reknit_status of `error`: 0 when `error` is 0, REKNIT_STATUS_INPUT when it is no error.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_error_code(error: Failure) -> i32 {
    if error == 0 {
        return Status::Ok as i32;
    }
    guarded(|| FAILURES.get(error)).map_or_else(|wrong| wrong.code() as i32, |parts| parts.code)
}

/// The name of the code, such as "input": a C string, borrowed from the error and good until
/// reknit_error_free(). Never NULL; empty when `error` is no error.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_error_name(error: Failure) -> *const c_char {
    guarded(|| FAILURES.get(error)).map_or(c"".as_ptr(), |parts| parts.name.as_ptr().cast())
}

/// What was wrong, where, and what to do: a C string of UTF-8, borrowed from the error and good
/// until reknit_error_free(). It names ids, fields and numbers, and never holds a field's value.
/// Never NULL; empty when `error` is no error.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_error_message(error: Failure) -> *const c_char {
    guarded(|| FAILURES.get(error)).map_or(c"".as_ptr(), |parts| parts.message.as_ptr().cast())
}

/// Frees `error`; nothing happens for 0. An error freed twice, or a handle of another kind, is
/// REKNIT_STATUS_INPUT and nothing is freed.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_error_free(error: Failure) -> i32 {
    status(guarded(|| FAILURES.free(error)))
}

// ---- The library ---------------------------------------------------------------------------------

/// The ABI of the library that is loaded. A program compares it with its REKNIT_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_abi_version() -> u32 {
    REKNIT_ABI_VERSION
}

/// The version of the library, such as "0.1.0": a C string that lives as long as the library.
#[unsafe(no_mangle)]
pub extern "C" fn reknit_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

// ---- From pointers to values and back ------------------------------------------------------------

/// One of the library's verbs.
unsafe fn call(verb: &str, request: *const c_char, length: usize, out: *mut Text, err: *mut Failure) -> i32 {
    unsafe {
        give(out, err, || {
            let request = utf8("request", request, length)?;
            keep_text(wire::call(verb, request)?.into_bytes())
        })
    }
}

/// Runs `work` and writes the handle it makes to `out`, or its error to `err`.
unsafe fn give(out: *mut u64, err: *mut Failure, work: impl FnOnce() -> Result<u64>) -> i32 {
    unsafe {
        finish(err, || {
            check_place("out", out)?;
            out.write(0);
            out.write(work()?);
            Ok(())
        })
    }
}

/// Runs `work`, writes its error to `err` if the caller wants it, and gives the status.
unsafe fn finish(err: *mut Failure, work: impl FnOnce() -> Result<()>) -> i32 {
    let wanted = !err.is_null() && err.is_aligned();
    if wanted {
        unsafe { err.write(0) };
    }
    let result = guarded(work);
    if let (Err(error), true) = (&result, wanted) {
        let failure = guarded(|| FAILURES.keep(parts(error))).unwrap_or_default();
        unsafe { err.write(failure) };
    }
    status(result)
}

fn status(result: Result<()>) -> i32 {
    result.map_or_else(|error| error.code() as i32, |()| Status::Ok as i32)
}

fn parts(error: &Error) -> FailureParts {
    let mut name = error.name().as_bytes().to_vec();
    name.push(0);
    let mut message = error.to_string().replace('\0', " ").into_bytes();
    message.push(0);
    FailureParts { code: error.code() as i32, name, message }
}

/// Keeps `bytes`, with a zero byte after them, as a text.
fn keep_text(mut bytes: Vec<u8>) -> Result<Text> {
    bytes.reserve_exact(1);
    bytes.push(0);
    TEXTS.keep(bytes)
}

fn check_place<T>(what: &str, place: *mut T) -> Result<()> {
    if place.is_null() || !place.is_aligned() {
        return Err(Error::input(format!("`{what}` is NULL or misaligned; pass the address of a variable")));
    }
    Ok(())
}

/// The caller's bytes. They live as long as the call, which is longer than any use of the slice.
unsafe fn bytes<'a>(what: &str, data: *const u8, length: usize) -> Result<&'a [u8]> {
    if data.is_null() {
        return Err(Error::input(format!("`{what}` is NULL")));
    }
    if length > REKNIT_MAX_LENGTH {
        return Err(Error::input(format!(
            "`{what}` is said to be {length} bytes long; the limit is {REKNIT_MAX_LENGTH}"
        )));
    }
    Ok(unsafe { slice::from_raw_parts(data, length) })
}

/// The caller's text.
unsafe fn utf8<'a>(what: &str, data: *const c_char, length: usize) -> Result<&'a str> {
    let bytes = unsafe { bytes(what, data.cast(), length)? };
    std::str::from_utf8(bytes)
        .map_err(|error| Error::input(format!("`{what}` is no UTF-8 at byte {}", error.valid_up_to())))
}

/// The core's view of the caller's callback.
fn teller(watch: Watch, data: *mut c_void) -> impl FnMut(Progress) -> ControlFlow<()> {
    move |progress| {
        let Some(watch) = watch else { return ControlFlow::Continue(()) };
        match unsafe { watch(progress.done, progress.total, data) } {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use reknit_core::ErrorKind;

    use super::*;

    #[test]
    fn the_status_numbers_are_those_of_the_core() {
        let header = [
            Status::Config,
            Status::Input,
            Status::Model,
            Status::Contradiction,
            Status::NotFound,
            Status::Cancelled,
            Status::Io,
            Status::Internal,
        ];
        assert_eq!(header.len(), ErrorKind::ALL.len());
        for (status, kind) in header.into_iter().zip(ErrorKind::ALL) {
            assert_eq!(status as u32, kind.code());
        }
    }

    #[test]
    fn the_soname_carries_the_abi() {
        assert_eq!(env!("REKNIT_SONAME_ABI"), REKNIT_ABI_VERSION.to_string());
    }

    #[test]
    fn every_exported_function_is_guarded() {
        let source = include_str!("boundary.rs");
        let code = source.split("mod tests").next().expect("there is code");
        let unguarded_by_nature = ["reknit_abi_version", "reknit_version"];
        let mut count = 0;
        for function in code.split("#[unsafe(no_mangle)]").skip(1) {
            let name = function.split("fn ").nth(1).and_then(|rest| rest.split('(').next());
            let name = name.expect("an exported function has a name");
            let body = function.split("\n}").next().unwrap_or_default();
            let guards = ["call(\"", "give(", "finish(", "guarded("];
            let guarded = guards.iter().any(|guard| body.contains(guard));
            assert!(guarded || unguarded_by_nature.contains(&name), "{name} lets panics out");
            count += 1;
        }
        assert!(count > 15, "{count}");
    }

    #[test]
    fn an_error_is_read_and_freed_once() {
        let mut out: Text = 7;
        let mut err: Failure = 0;
        let code = unsafe { reknit_resolve(c"nonsense".as_ptr(), 8, &raw mut out, &raw mut err) };
        assert_eq!((code, out), (reknit_error_code(err), 0));
        assert_ne!(code, 0);
        let message = unsafe { CStr::from_ptr(reknit_error_message(err)) };
        assert!(!message.is_empty());
        assert_eq!(reknit_error_free(err), 0);
        assert_eq!(reknit_error_free(err), Status::Input as i32);
        assert_eq!(reknit_error_code(err), Status::Input as i32);
        assert_eq!(unsafe { CStr::from_ptr(reknit_error_name(err)) }, c"");
    }
}
