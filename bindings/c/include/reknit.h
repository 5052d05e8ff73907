/*
 * Reknit: contacts to people, messages to conversations, texts to meanings.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Generated from bindings/c/src/boundary.rs by `cargo xtask header`; do not edit.
 *
 * Handles (reknit_text, reknit_error, ...) are numbers, and 0 is none. The library checks each one:
 * a handle that was freed, is of another kind or was made up gives REKNIT_STATUS_INPUT, never a
 * crash. Whoever gets a handle through an `out` or `err` argument owns it and frees it with the
 * function named after it. Memory behind handles is the library's own; never pass it to free().
 *
 * The library writes nothing to stdout or stderr, reads no environment, installs no signal handler
 * and never exits. A forked child may use it if no other thread was inside a call at the fork.
 */

#ifndef REKNIT_H
#define REKNIT_H

#include <stddef.h>
#include <stdint.h>

/* The Arrow C stream interface, https://arrow.apache.org/docs/format/CStreamInterface.html */
struct ArrowArrayStream;

/**
 * The number of the binary interface. It grows with every change that an old program would not
 * survive, and it is the number in libreknit.so.0.
 */
#define REKNIT_ABI_VERSION 0

/**
 * The longest request, text or model in bytes (1 GiB). Records in bulk go through
 * reknit_resolve_arrow().
 */
#define REKNIT_MAX_LENGTH (1 << 30)

/**
 * What a function returns, and what reknit_error_code() gives. A later version may add numbers.
 */
enum reknit_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * It worked.
   */
  REKNIT_STATUS_OK = 0,
  /**
   * A setting is out of its range, or two settings contradict each other.
   */
  REKNIT_STATUS_CONFIG = 1,
  /**
   * A request breaks the documented shape, or an argument of the call is wrong: NULL, a freed
   * handle, bytes that are no UTF-8.
   */
  REKNIT_STATUS_INPUT = 2,
  /**
   * A model is damaged, cut short or made by a newer version.
   */
  REKNIT_STATUS_MODEL = 3,
  /**
   * Must-link and cannot-link constraints contradict each other.
   */
  REKNIT_STATUS_CONTRADICTION = 4,
  /**
   * A verb, model, label or record of that name is not known.
   */
  REKNIT_STATUS_NOT_FOUND = 5,
  /**
   * The progress callback asked to stop.
   */
  REKNIT_STATUS_CANCELLED = 6,
  /**
   * A file or stream could not be read or written.
   */
  REKNIT_STATUS_IO = 7,
  /**
   * A promise inside the library was broken. The call had no effect.
   */
  REKNIT_STATUS_INTERNAL = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum reknit_status reknit_status;
#else
typedef int32_t reknit_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A result that the caller owns: UTF-8 JSON, or the bytes of a model. Free it with
 * reknit_text_free(). Immutable: any number of threads may read it at once.
 */
typedef uint64_t reknit_text;

/**
 * What went wrong. The caller owns it and frees it with reknit_error_free(). Immutable: any number
 * of threads may read it at once.
 */
typedef uint64_t reknit_error;

/**
 * A callback of a long call: `done` of `total` steps of the present stage are done (`total` is 0
 * when unknown), `data` is the caller's own pointer. It returns 0 to go on and any other number to
 * stop; then the call returns REKNIT_STATUS_CANCELLED. It runs on the thread that made the call and
 * may call the library itself. It must return: no exception, no longjmp.
 */
typedef int32_t (*reknit_watch)(uint64_t done, uint64_t total, void *data);

/**
 * A text classifier that the caller owns and frees with reknit_classifier_free(). Immutable: any
 * number of threads may use it at once, and one may free it while others are in a call with it.
 */
typedef uint64_t reknit_classifier;

/**
 * A trained classifier that gives a text several labels, or none. The caller owns it and frees it with
 * reknit_multi_classifier_free(). Immutable: any number of threads may use it at once, and one may free it
 * while others are in a call with it.
 */
typedef uint64_t reknit_multi_classifier;

/**
 * Several readers of texts that are asked together. The caller owns it and frees it with reknit_annotator_free().
 * Immutable: any number of threads may use it at once, and one may free it while others are in a call with it.
 */
typedef uint64_t reknit_annotator;

/**
 * A resolver: what agreement and disagreement between records are worth, learnt from records. The
 * caller owns it and frees it with reknit_resolver_free(). Immutable: any number of threads may use
 * it at once, and one may free it while others are in a call with it.
 */
typedef uint64_t reknit_resolver;

/**
 * A live resolver: records and their entities, kept up to date one record at a time. The caller owns it
 * and frees it with reknit_live_resolver_free(). It has a lock of its own: any number of threads may use
 * it at once, questions run beside one another and a change runs alone; one may free it while others
 * are in a call with it. Once a change was REKNIT_STATUS_INTERNAL, all calls with it are.
 */
typedef uint64_t reknit_live_resolver;

/**
 * A live stitcher: messages and their conversations, kept up to date one message at a time. The caller
 * owns it and frees it with reknit_live_stitcher_free(). It has a lock of its own, as a live resolver has,
 * and what is said there of threads holds here too.
 */
typedef uint64_t reknit_live_stitcher;

/**
 * A live classifier: a classifier and the examples it was learnt from, to which more are added. The caller
 * owns it and frees it with reknit_live_classifier_free(). It has a lock of its own, as a live resolver has,
 * and what is said there of threads holds here too.
 */
typedef uint64_t reknit_live_classifier;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Brings the values of contact records to their normal form.
 *
 * This holds for every verb. `request` is UTF-8 JSON of `length` bytes, borrowed for the call and
 * with no need for a zero byte at its end; docs/bindings.md describes it. On success the function
 * returns 0 and `*out` is a new text with the JSON answer, owned by the caller. Otherwise it
 * returns a reknit_status, `*out` is 0 and, when `err` is not NULL, `*err` is a new error owned by
 * the caller. What `*out` and `*err` held before is overwritten, not freed. Any number of threads
 * may call at once.
 */
int32_t reknit_normalize(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Finds which contact records are one person or organisation. See reknit_normalize() for the
 * arguments.
 */
int32_t reknit_resolve(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Says why two records are one entity, or what keeps them apart. See reknit_normalize() for the
 * arguments.
 */
int32_t reknit_explain(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Says how an entity came about: which links joined its records, the strongest first, and what people
 * decided. See reknit_normalize() for the arguments.
 */
int32_t reknit_how(const char *request,
                   size_t length,
                   reknit_text *out,
                   reknit_error *err);

/**
 * Says which entities would be other without a record. See reknit_normalize() for the arguments.
 */
int32_t reknit_what_if(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Brings the evidence of any answer into the bars of a waterfall chart. See reknit_normalize() for the
 * arguments.
 */
int32_t reknit_waterfall(const char *request,
                         size_t length,
                         reknit_text *out,
                         reknit_error *err);

/**
 * Starts with records, makes changes and answers questions in their order; reknit_live_resolver_begin()
 * keeps the engine as a handle instead. See reknit_normalize() for the arguments.
 */
int32_t reknit_live(const char *request,
                    size_t length,
                    reknit_text *out,
                    reknit_error *err);

/**
 * Says what was learnt from records: what each level of each comparison weighs, and how often it was
 * seen. See reknit_normalize() for the arguments.
 */
int32_t reknit_model_table(const char *request,
                           size_t length,
                           reknit_text *out,
                           reknit_error *err);

/**
 * Finds the pairs of records whose answers would teach most, for people to look at. See
 * reknit_normalize() for the arguments.
 */
int32_t reknit_review(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Makes one golden record of each entity: which value of each field survives, and where it comes
 * from. See reknit_normalize() for the arguments.
 */
int32_t reknit_golden(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Joins messages of all channels into conversations. See reknit_normalize() for the arguments.
 */
int32_t reknit_stitch(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Says why a message is where reknit_stitch() puts it. See reknit_normalize() for the arguments.
 */
int32_t reknit_explain_link(const char *request,
                            size_t length,
                            reknit_text *out,
                            reknit_error *err);

/**
 * Starts with messages, makes changes and answers questions in their order;
 * reknit_live_stitcher_begin() keeps the engine as a handle instead. See reknit_normalize() for the
 * arguments.
 */
int32_t reknit_stitch_live(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Trains a text classifier and gives it back inside the answer; reknit_classifier_train() keeps it
 * as a handle instead. See reknit_normalize() for the arguments.
 */
int32_t reknit_train(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Labels texts. See reknit_normalize() for the arguments.
 */
int32_t reknit_classify(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Says what texts would be labelled without their words. See reknit_normalize() for the arguments.
 */
int32_t reknit_counterfactual(const char *request,
                              size_t length,
                              reknit_text *out,
                              reknit_error *err);

/**
 * Says which words speak for a label, and which against it. See reknit_normalize() for the arguments.
 */
int32_t reknit_top_features(const char *request,
                            size_t length,
                            reknit_text *out,
                            reknit_error *err);

/**
 * Says which texts teach most when a person labels them. See reknit_normalize() for the arguments.
 */
int32_t reknit_suggest(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Learns from examples, makes changes and answers questions in their order; reknit_live_classifier_begin()
 * keeps the engine as a handle instead. See reknit_normalize() for the arguments.
 */
int32_t reknit_classify_live(const char *request,
                             size_t length,
                             reknit_text *out,
                             reknit_error *err);

/**
 * Trains a classifier of several labels a text and describes it; reknit_multi_classifier_train() keeps it
 * as a handle instead. See reknit_normalize() for the arguments.
 */
int32_t reknit_train_multi(const char *request,
                           size_t length,
                           reknit_text *out,
                           reknit_error *err);

/**
 * Gives texts several labels, or none. See reknit_normalize() for the arguments.
 */
int32_t reknit_classify_multi(const char *request,
                              size_t length,
                              reknit_text *out,
                              reknit_error *err);

/**
 * Reads texts in several ways at once. See reknit_normalize() for the arguments.
 */
int32_t reknit_annotate(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Says why texts carry a label, or not. See reknit_normalize() for the arguments.
 */
int32_t reknit_explain_multi(const char *request,
                             size_t length,
                             reknit_text *out,
                             reknit_error *err);

/**
 * Says whether texts would carry a label without their words. See reknit_normalize() for the arguments.
 */
int32_t reknit_counterfactual_multi(const char *request,
                                    size_t length,
                                    reknit_text *out,
                                    reknit_error *err);

/**
 * Says which words speak for a label, and which against it, where texts carry several. See reknit_normalize() for the
 * arguments.
 */
int32_t reknit_top_features_multi(const char *request,
                                  size_t length,
                                  reknit_text *out,
                                  reknit_error *err);

/**
 * Finds dates, amounts, numbers, addresses and accounts in texts. See reknit_normalize() for the arguments.
 */
int32_t reknit_extract(const char *request,
                       size_t length,
                       reknit_text *out,
                       reknit_error *err);

/**
 * Puts placeholders in the place of personal data. See reknit_normalize() for the arguments.
 */
int32_t reknit_redact(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Finds what each text is about. See reknit_normalize() for the arguments.
 */
int32_t reknit_key_phrases(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Finds the texts most like each query. See reknit_normalize() for the arguments.
 */
int32_t reknit_similar(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Groups texts that are nearly the same. See reknit_normalize() for the arguments.
 */
int32_t reknit_duplicates(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Finds what a collection is about, and what is new in its last period. See reknit_normalize() for the arguments.
 */
int32_t reknit_topics(const char *request,
                      size_t length,
                      reknit_text *out,
                      reknit_error *err);

/**
 * Parts texts by what they want, how they sound and what they are about. See reknit_normalize() for the arguments.
 */
int32_t reknit_segments(const char *request,
                        size_t length,
                        reknit_text *out,
                        reknit_error *err);

/**
 * Sums a conversation up in its own sentences. See reknit_normalize() for the arguments.
 */
int32_t reknit_summarize(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Says how the things of given lists are spoken of. See reknit_normalize() for the arguments.
 */
int32_t reknit_opinions(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Finds words that belong with given ones. See reknit_normalize() for the arguments.
 */
int32_t reknit_expand(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Does it all in one call: records to people, messages to conversations, texts to labels, joined.
 * See reknit_normalize() for the arguments.
 */
int32_t reknit_run(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Measures a result against the truth. See reknit_normalize() for the arguments.
 */
int32_t reknit_evaluate(const char *request, size_t length, reknit_text *out, reknit_error *err);

/**
 * Reads a file of messages: a mail, an mbox, or an export of WhatsApp, X, Slack, Telegram, Chatwoot or
 * Zendesk. `bytes` are the `length` bytes of the file and `options` is UTF-8 JSON of `options_length`
 * bytes, such as {"file_name": "general/2024-02-05.json"}; both are borrowed for the call. The answer
 * has `format`, `messages` as reknit_stitch() takes them, and `problems`. See reknit_normalize() for
 * the other arguments.
 */
int32_t reknit_read_messages(const uint8_t *bytes,
                             size_t length,
                             const char *options,
                             size_t options_length,
                             reknit_text *out,
                             reknit_error *err);

/**
 * Calls a verb by its name, for hosts that learn the verb at run time, and tells `watch` how far it
 * is. `verb` is UTF-8 of `verb_length` bytes, borrowed for the call. `watch` may be NULL; `data` is
 * handed to it as it is, and the library never reads it. See reknit_normalize() for the other
 * arguments.
 */
int32_t reknit_call(const char *verb,
                    size_t verb_length,
                    const char *request,
                    size_t length,
                    reknit_watch watch,
                    void *data,
                    reknit_text *out,
                    reknit_error *err);

/**
 * Trains a classifier. `request` is the JSON of reknit_train(); `watch` may be NULL, and `data` is
 * handed to it as it is. On success `*out` is a new classifier, owned by the caller. See
 * reknit_normalize() for the other arguments.
 */
int32_t reknit_classifier_train(const char *request,
                                size_t length,
                                reknit_watch watch,
                                void *data,
                                reknit_classifier *out,
                                reknit_error *err);

/**
 * A classifier that needs no training. `name` is UTF-8 of `length` bytes, borrowed for the call;
 * there is "sentiment". On success `*out` is a new classifier, owned by the caller.
 */
int32_t reknit_classifier_builtin(const char *name,
                                  size_t length,
                                  reknit_classifier *out,
                                  reknit_error *err);

/**
 * Reads a classifier that reknit_classifier_save() wrote. `bytes` are `length` bytes, borrowed for
 * the call; damaged ones are REKNIT_STATUS_MODEL. On success `*out` is a new classifier, owned by
 * the caller.
 */
int32_t reknit_classifier_load(const uint8_t *bytes,
                               size_t length,
                               reknit_classifier *out,
                               reknit_error *err);

/**
 * Writes a trained classifier as bytes. On success `*out` is a new text that holds them, owned by
 * the caller. A built-in classifier is REKNIT_STATUS_CONFIG.
 */
int32_t reknit_classifier_save(reknit_classifier classifier, reknit_text *out, reknit_error *err);

/**
 * Labels one text. `text` is plain UTF-8, no JSON, of `length` bytes, borrowed for the call. On
 * success `*out` is a new text, owned by the caller: a JSON object with `label` and `probability`.
 */
int32_t reknit_classifier_classify(reknit_classifier classifier,
                                   const char *text,
                                   size_t length,
                                   reknit_text *out,
                                   reknit_error *err);

/**
 * Labels many texts, on all cores. `texts` is a JSON list of strings of `length` bytes, borrowed
 * for the call. On success `*out` is a new text, owned by the caller: a JSON list of what
 * reknit_classifier_classify() gives, in the same order.
 */
int32_t reknit_classifier_classify_all(reknit_classifier classifier,
                                       const char *texts,
                                       size_t length,
                                       reknit_text *out,
                                       reknit_error *err);

/**
 * Says why a text gets its label, with the bytes that speak for it and against it. `text` is plain
 * UTF-8 of `length` bytes, borrowed for the call. On success `*out` is a new JSON text, owned by
 * the caller.
 */
int32_t reknit_classifier_explain(reknit_classifier classifier,
                                  const char *text,
                                  size_t length,
                                  reknit_text *out,
                                  reknit_error *err);

/**
 * Asks a trained classifier a question. `question` is JSON of `length` bytes, borrowed for the call:
 * {"explain": text}, {"counterfactual": text}, {"top_features": {"label", "texts", "count"?}} or {"suggest":
 * {"texts", "count"?}}. On success `*out` is a new JSON text, owned by the caller. A built-in classifier is
 * REKNIT_STATUS_CONFIG.
 */
int32_t reknit_classifier_ask(reknit_classifier classifier,
                              const char *question,
                              size_t length,
                              reknit_text *out,
                              reknit_error *err);

/**
 * Frees `classifier`; nothing happens for 0. A call on another thread that uses it ends well. A
 * classifier freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
 */
int32_t reknit_classifier_free(reknit_classifier classifier);

/**
 * Trains a classifier of several labels a text. `request` is the JSON of reknit_train_multi(); `watch` may be
 * NULL, and `data` is handed to it as it is. On success `*out` is a new classifier, owned by the caller. See
 * reknit_normalize() for the other arguments.
 */
int32_t reknit_multi_classifier_train(const char *request,
                                      size_t length,
                                      reknit_watch watch,
                                      void *data,
                                      reknit_multi_classifier *out,
                                      reknit_error *err);

/**
 * Reads a classifier that reknit_multi_classifier_save() wrote. `bytes` are `length` bytes, borrowed for the
 * call; damaged ones, and those of a classifier of one label a text, are REKNIT_STATUS_MODEL. On success `*out`
 * is a new classifier, owned by the caller.
 */
int32_t reknit_multi_classifier_load(const uint8_t *bytes,
                                     size_t length,
                                     reknit_multi_classifier *out,
                                     reknit_error *err);

/**
 * Writes a classifier as bytes. On success `*out` is a new text that holds them, owned by the caller.
 */
int32_t reknit_multi_classifier_save(reknit_multi_classifier classifier,
                                     reknit_text *out,
                                     reknit_error *err);

/**
 * Labels one text. `text` is plain UTF-8, no JSON, of `length` bytes, borrowed for the call. On success `*out`
 * is a new text, owned by the caller: a JSON object with `labels`, most probable first, each with `label`,
 * `probability` and `holds`.
 */
int32_t reknit_multi_classifier_classify(reknit_multi_classifier classifier,
                                         const char *text,
                                         size_t length,
                                         reknit_text *out,
                                         reknit_error *err);

/**
 * Labels many texts, on all cores. `texts` is a JSON list of strings of `length` bytes, borrowed for the call.
 * On success `*out` is a new text, owned by the caller: a JSON list of what
 * reknit_multi_classifier_classify() gives, in the same order.
 */
int32_t reknit_multi_classifier_classify_all(reknit_multi_classifier classifier,
                                             const char *texts,
                                             size_t length,
                                             reknit_text *out,
                                             reknit_error *err);

/**
 * Says why a text carries a label, or not, with the bytes that speak for it and against it. `text` is plain
 * UTF-8 of `length` bytes and `label` of `label_length`, both borrowed for the call; an unknown label is
 * REKNIT_STATUS_NOT_FOUND. On success `*out` is a new JSON text, owned by the caller.
 */
int32_t reknit_multi_classifier_explain(reknit_multi_classifier classifier,
                                        const char *text,
                                        size_t length,
                                        const char *label,
                                        size_t label_length,
                                        reknit_text *out,
                                        reknit_error *err);

/**
 * Asks a classifier of several labels a question. `question` is JSON of `length` bytes, borrowed for the call:
 * {"explain": {"text", "label"}}, {"counterfactual": {"text", "label"}} or {"top_features": {"label", "texts",
 * "count"?}}. An unknown label is REKNIT_STATUS_NOT_FOUND. On success `*out` is a new JSON text, owned by the caller.
 */
int32_t reknit_multi_classifier_ask(reknit_multi_classifier classifier,
                                    const char *question,
                                    size_t length,
                                    reknit_text *out,
                                    reknit_error *err);

/**
 * Frees `classifier`; nothing happens for 0. A call on another thread that uses it ends well. A classifier
 * freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
 */
int32_t reknit_multi_classifier_free(reknit_multi_classifier classifier);

/**
 * Several readers of texts. `request` is the JSON of reknit_annotate() without its `texts` and `brief`: `models`,
 * `train`, `train_multi`; where nobody is named, all models that need no training. `watch` may be NULL, and `data` is
 * handed to it as it is. On success `*out` is a new annotator, owned by the caller. See reknit_normalize() for the
 * other arguments.
 */
int32_t reknit_annotator_new(const char *request,
                             size_t length,
                             reknit_watch watch,
                             void *data,
                             reknit_annotator *out,
                             reknit_error *err);

/**
 * A new annotator that asks the readers of `annotator` and a trained `classifier` under a name; both stay as they are
 * and may be freed before it. `name` is UTF-8 of `length` bytes, borrowed for the call; one that another reader has is
 * REKNIT_STATUS_INPUT, and a built-in classifier REKNIT_STATUS_CONFIG. On success `*out` is owned by the caller.
 */
int32_t reknit_annotator_with(reknit_annotator annotator,
                              const char *name,
                              size_t length,
                              reknit_classifier classifier,
                              reknit_annotator *out,
                              reknit_error *err);

/**
 * reknit_annotator_with() for a classifier of several labels a text.
 */
int32_t reknit_annotator_with_multi(reknit_annotator annotator,
                                    const char *name,
                                    size_t length,
                                    reknit_multi_classifier classifier,
                                    reknit_annotator *out,
                                    reknit_error *err);

/**
 * Reads one text. `text` is plain UTF-8, no JSON, of `length` bytes, borrowed for the call. On success `*out` is a new
 * text, owned by the caller: a JSON object that has by the name of each reader what it says when it is asked alone.
 */
int32_t reknit_annotator_annotate(reknit_annotator annotator,
                                  const char *text,
                                  size_t length,
                                  reknit_text *out,
                                  reknit_error *err);

/**
 * Reads many texts, on all cores. `texts` is a JSON list of strings of `length` bytes, borrowed for the call. On
 * success `*out` is a new text, owned by the caller: a JSON list of what reknit_annotator_annotate() gives, in the same
 * order.
 */
int32_t reknit_annotator_annotate_all(reknit_annotator annotator,
                                      const char *texts,
                                      size_t length,
                                      reknit_text *out,
                                      reknit_error *err);

/**
 * Reads texts in bulk, as Arrow C streams and without JSON. `column` is the name of the column of texts in `texts`,
 * UTF-8 of `length` bytes, borrowed for the call; see reknit_annotate_arrow() for the streams. The annotator may be
 * freed before `*out` is released.
 */
int32_t reknit_annotator_annotate_arrow(reknit_annotator annotator,
                                        struct ArrowArrayStream *texts,
                                        const char *column,
                                        size_t length,
                                        struct ArrowArrayStream *out,
                                        reknit_error *err);

/**
 * Frees `annotator`; nothing happens for 0. A call on another thread that uses it ends well. An annotator freed twice,
 * or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
 */
int32_t reknit_annotator_free(reknit_annotator annotator);

/**
 * Learns from records, without labels, what agreement and disagreement are worth. `request` is the
 * JSON of reknit_resolve(); `watch` may be NULL, and `data` is handed to it as it is. On success
 * `*out` is a new resolver, owned by the caller. See reknit_normalize() for the other arguments.
 */
int32_t reknit_resolver_fit(const char *request,
                            size_t length,
                            reknit_watch watch,
                            void *data,
                            reknit_resolver *out,
                            reknit_error *err);

/**
 * Reads a resolver that reknit_resolver_save() wrote. `model` is JSON of `length` bytes, borrowed
 * for the call; another shape is REKNIT_STATUS_MODEL. On success `*out` is a new resolver, owned by
 * the caller.
 */
int32_t reknit_resolver_load(const char *model,
                             size_t length,
                             reknit_resolver *out,
                             reknit_error *err);

/**
 * Writes a resolver as JSON. On success `*out` is a new text that holds it, owned by the caller.
 */
int32_t reknit_resolver_save(reknit_resolver resolver, reknit_text *out, reknit_error *err);

/**
 * Finds which records are one entity, by what the resolver has learnt. `request` is the JSON of
 * reknit_resolve() without its `config`: the resolver has its own. `watch` may be NULL, and `data`
 * is handed to it as it is. On success `*out` is a new text with the answer of reknit_resolve(),
 * owned by the caller. See reknit_normalize() for the other arguments.
 */
int32_t reknit_resolver_resolve(reknit_resolver resolver,
                                const char *request,
                                size_t length,
                                reknit_watch watch,
                                void *data,
                                reknit_text *out,
                                reknit_error *err);

/**
 * Says why two records are, or are not, one entity, by what the resolver has learnt. `request` is
 * the JSON of reknit_explain() without its `config`. On success `*out` is a new text with the
 * answer of reknit_explain(), owned by the caller. See reknit_normalize() for the other arguments.
 */
int32_t reknit_resolver_explain(reknit_resolver resolver,
                                const char *request,
                                size_t length,
                                reknit_text *out,
                                reknit_error *err);

/**
 * Frees `resolver`; nothing happens for 0. A call on another thread that uses it ends well. A
 * resolver freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
 */
int32_t reknit_resolver_free(reknit_resolver resolver);

/**
 * Starts a live resolver. `request` is the JSON of reknit_live() without its `changes`: `records` to
 * start with, `learn_from` for a model learnt from other records, `config`; all may be left out.
 * `watch` may be NULL, and `data` is handed to it as it is. On success `*out` is a new live resolver,
 * owned by the caller. See reknit_normalize() for the other arguments.
 */
int32_t reknit_live_resolver_begin(const char *request,
                                   size_t length,
                                   reknit_watch watch,
                                   void *data,
                                   reknit_live_resolver *out,
                                   reknit_error *err);

/**
 * Starts a live resolver with what `resolver` has learnt, which it keeps a copy of. `request` is JSON
 * of `length` bytes with the `records` to start with: {} for none. See reknit_live_resolver_begin() for
 * the other arguments.
 */
int32_t reknit_live_resolver_begin_with(reknit_resolver resolver,
                                        const char *request,
                                        size_t length,
                                        reknit_watch watch,
                                        void *data,
                                        reknit_live_resolver *out,
                                        reknit_error *err);

/**
 * Reads a live resolver that reknit_live_resolver_save() wrote. `bytes` are `length` bytes, borrowed
 * for the call; damaged ones are REKNIT_STATUS_MODEL. On success `*out` is a new live resolver with the
 * same entities under the same ids, owned by the caller.
 */
int32_t reknit_live_resolver_load(const uint8_t *bytes,
                                  size_t length,
                                  reknit_live_resolver *out,
                                  reknit_error *err);

/**
 * Writes a live resolver as bytes, its records included. On success `*out` is a new text that holds
 * them, owned by the caller.
 */
int32_t reknit_live_resolver_save(reknit_live_resolver live, reknit_text *out, reknit_error *err);

/**
 * Makes one change. `change` is JSON of `length` bytes, one of the `changes` of reknit_live():
 * {"upsert": record}, {"delete": key}, {"must_link": [key, key]}, {"cannot_link": [key, key]} or
 * {"undo_link": [key, key]}. On success `*out` is a new JSON text, owned by the caller, with the entity
 * of the record and what happened to entities; otherwise nothing was changed. See reknit_normalize()
 * for the other arguments.
 */
int32_t reknit_live_resolver_change(reknit_live_resolver live,
                                    const char *change,
                                    size_t length,
                                    reknit_text *out,
                                    reknit_error *err);

/**
 * Answers one question. `question` is JSON of `length` bytes, one of the `changes` of reknit_live()
 * that change nothing: {"explain": [key, key]}, {"how": entity or key}, {"what_if": key},
 * {"entity_of": key}, {"members": entity}, {"record": key}, {"entities": true} or {"save": true}. On
 * success `*out` is a new JSON text, owned by the caller. See reknit_normalize() for the other
 * arguments.
 */
int32_t reknit_live_resolver_ask(reknit_live_resolver live,
                                 const char *question,
                                 size_t length,
                                 reknit_text *out,
                                 reknit_error *err);

/**
 * Frees `live`; nothing happens for 0. A call on another thread that uses it ends well. A live resolver
 * freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
 */
int32_t reknit_live_resolver_free(reknit_live_resolver live);

/**
 * Starts a live stitcher. `request` is the JSON of reknit_stitch_live() without its `changes`:
 * `messages` to start with and `config`; both may be left out: {}. `watch` may be NULL, and `data` is
 * handed to it as it is. On success `*out` is a new live stitcher, owned by the caller. See
 * reknit_normalize() for the other arguments.
 */
int32_t reknit_live_stitcher_begin(const char *request,
                                   size_t length,
                                   reknit_watch watch,
                                   void *data,
                                   reknit_live_stitcher *out,
                                   reknit_error *err);

/**
 * Reads a live stitcher that reknit_live_stitcher_save() wrote. `bytes` are `length` bytes, borrowed for
 * the call; damaged ones are REKNIT_STATUS_MODEL. On success `*out` is a new live stitcher with the same
 * conversations under the same numbers, owned by the caller.
 */
int32_t reknit_live_stitcher_load(const uint8_t *bytes,
                                  size_t length,
                                  reknit_live_stitcher *out,
                                  reknit_error *err);

/**
 * Writes a live stitcher as bytes: ids and numbers, no text of a message. On success `*out` is a new text
 * that holds them, owned by the caller.
 */
int32_t reknit_live_stitcher_save(reknit_live_stitcher live,
                                  reknit_text *out,
                                  reknit_error *err);

/**
 * Makes one change. `change` is JSON of `length` bytes, one of the `changes` of reknit_stitch_live():
 * {"upsert": message}, {"delete": id}, {"must_link": [id, id]}, {"cannot_link": [id, id]},
 * {"undo_link": [id, id]}, {"split": id}, {"move_to": [id, conversation]} or {"close_before": time}. On
 * success `*out` is a new JSON text, owned by the caller, with the conversation of the message and what
 * happened to conversations, or with what was closed; otherwise nothing was changed. See
 * reknit_normalize() for the other arguments.
 */
int32_t reknit_live_stitcher_change(reknit_live_stitcher live,
                                    const char *change,
                                    size_t length,
                                    reknit_text *out,
                                    reknit_error *err);

/**
 * Answers one question. `question` is JSON of `length` bytes, one of the `changes` of
 * reknit_stitch_live() that change nothing: {"explain": id}, {"conversation_of": id},
 * {"members": conversation}, {"conversations": true}, {"suggestions": true} or {"save": true}. On success
 * `*out` is a new JSON text, owned by the caller. See reknit_normalize() for the other arguments.
 */
int32_t reknit_live_stitcher_ask(reknit_live_stitcher live,
                                 const char *question,
                                 size_t length,
                                 reknit_text *out,
                                 reknit_error *err);

/**
 * Frees `live`; nothing happens for 0. A call on another thread that uses it ends well. A live stitcher
 * freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
 */
int32_t reknit_live_stitcher_free(reknit_live_stitcher live);

/**
 * Starts a live classifier. `request` is the JSON of reknit_classify_live() without its `changes`:
 * `examples` to learn from, and `dev` and `config`, which may be left out. `watch` may be NULL, and `data` is
 * handed to it as it is. On success `*out` is a new live classifier, owned by the caller. See
 * reknit_normalize() for the other arguments.
 */
int32_t reknit_live_classifier_begin(const char *request,
                                     size_t length,
                                     reknit_watch watch,
                                     void *data,
                                     reknit_live_classifier *out,
                                     reknit_error *err);

/**
 * Starts a live classifier with a trained `classifier`, which stays as it is, and the examples it was learnt
 * from, or others: `request` is JSON of `length` bytes with `examples`. They are learnt by the classifier's
 * settings, without a search. On success `*out` is a new live classifier, owned by the caller. A built-in
 * classifier is REKNIT_STATUS_CONFIG. See reknit_normalize() for the other arguments.
 */
int32_t reknit_live_classifier_begin_with(reknit_classifier classifier,
                                          const char *request,
                                          size_t length,
                                          reknit_live_classifier *out,
                                          reknit_error *err);

/**
 * Reads a live classifier that reknit_live_classifier_save() wrote. `bytes` are `length` bytes, borrowed for
 * the call; damaged ones are REKNIT_STATUS_MODEL. On success `*out` is a new live classifier that goes on as
 * the saved one would have, owned by the caller.
 */
int32_t reknit_live_classifier_load(const uint8_t *bytes,
                                    size_t length,
                                    reknit_live_classifier *out,
                                    reknit_error *err);

/**
 * Writes a live classifier as bytes, with the texts of its examples. On success `*out` is a new text that
 * holds them, owned by the caller.
 */
int32_t reknit_live_classifier_save(reknit_live_classifier live,
                                    reknit_text *out,
                                    reknit_error *err);

/**
 * Makes one change. `change` is JSON of `length` bytes, one of the `changes` of reknit_classify_live():
 * {"add": [example, ...]}, {"forget": [text, ...]} or {"settle": true}. On success `*out` is a new JSON text,
 * owned by the caller, with the number of `examples` and `labels`, and whether all is `settled`; otherwise
 * nothing was changed. See reknit_normalize() for the other arguments.
 */
int32_t reknit_live_classifier_change(reknit_live_classifier live,
                                      const char *change,
                                      size_t length,
                                      reknit_text *out,
                                      reknit_error *err);

/**
 * Answers one question. `question` is JSON of `length` bytes, one of the `changes` of
 * reknit_classify_live() that change nothing: {"classify": [text, ...]}, those of reknit_classifier_ask(),
 * {"labels": true}, {"examples": true} or {"save": true}. On success `*out` is a new JSON text, owned by the
 * caller. See reknit_normalize() for the other arguments.
 */
int32_t reknit_live_classifier_ask(reknit_live_classifier live,
                                   const char *question,
                                   size_t length,
                                   reknit_text *out,
                                   reknit_error *err);

/**
 * The classifier as it is now. On success `*out` is a new classifier, which later changes of `live` do not
 * touch, owned by the caller.
 */
int32_t reknit_live_classifier_classifier(reknit_live_classifier live,
                                          reknit_classifier *out,
                                          reknit_error *err);

/**
 * Frees `live`; nothing happens for 0. A call on another thread that uses it ends well. A live classifier
 * freed twice, or a handle of another kind, is REKNIT_STATUS_INPUT and nothing is freed.
 */
int32_t reknit_live_classifier_free(reknit_live_classifier live);

/**
 * reknit_resolve() for records in bulk, as Arrow C streams and without JSON.
 *
 * `records` has a row per record: the columns `source` and `id` are its key, the others mean what
 * their names say. `request` is JSON of `length` bytes, borrowed for the call: `source` for records
 * without a column of that name, and the `config` of reknit_resolve(); both may be left out: {}.
 * On success `*out` is a stream with the columns source, id, entity_id and probability, a row per
 * record in the same order; the caller owns it and ends it with its release callback. Otherwise
 * `*out` is a released stream. What `*out` held before is overwritten, not released.
 *
 * `records` is used up: its release callback is called in every case but one, that `records` or
 * `out` is NULL or misaligned. The struct itself stays the caller's. Take streams only from
 * producers you trust: values are checked, but the size of their buffers cannot be.
 */
int32_t reknit_resolve_arrow(struct ArrowArrayStream *records,
                             const char *request,
                             size_t length,
                             reknit_watch watch,
                             void *data,
                             struct ArrowArrayStream *out,
                             reknit_error *err);

/**
 * reknit_annotate() for texts in bulk, as Arrow C streams and without JSON.
 *
 * `texts` has a row per text. `request` is JSON of `length` bytes, borrowed for the call: `column`, the column of the
 * texts ("text" where it is left out), and `models`, `train` and `train_multi` as reknit_annotate() takes them. On
 * success `*out` is a stream with two columns per reader, its name (the label) and its name with _probability after
 * it, a row per text in the same order and in the same batches. It reads `texts` as it is read itself, a batch at a
 * time, so both may be longer than memory; the caller ends it with its release callback, which ends `texts` too. A null
 * is read as an empty text. `watch` is asked while classifiers of the request are trained, not while the stream is read.
 * Otherwise `*out` is a released stream. What `*out` held before is overwritten, not released.
 *
 * `texts` is used up: see reknit_resolve_arrow(), also for what is checked of it.
 */
int32_t reknit_annotate_arrow(struct ArrowArrayStream *texts,
                              const char *request,
                              size_t length,
                              reknit_watch watch,
                              void *data,
                              struct ArrowArrayStream *out,
                              reknit_error *err);

/**
 * The bytes of `text`. The pointer is borrowed from the text: it is good until reknit_text_free()
 * and must not be written to. One zero byte, not counted by reknit_text_length(), follows the last
 * byte, so JSON may be printed as a C string. NULL when `text` is no text.
 */
const char *reknit_text_data(reknit_text text);

/**
 * How many bytes `text` holds. 0 when `text` is no text.
 */
size_t reknit_text_length(reknit_text text);

/**
 * Frees `text`; nothing happens for 0. A text freed twice, or a handle of another kind, is
 * REKNIT_STATUS_INPUT and nothing is freed.
 */
int32_t reknit_text_free(reknit_text text);

/**
 * The reknit_status of `error`: 0 when `error` is 0, REKNIT_STATUS_INPUT when it is no error.
 */
int32_t reknit_error_code(reknit_error error);

/**
 * The name of the code, such as "input": a C string, borrowed from the error and good until
 * reknit_error_free(). Never NULL; empty when `error` is no error.
 */
const char *reknit_error_name(reknit_error error);

/**
 * What was wrong, where, and what to do: a C string of UTF-8, borrowed from the error and good
 * until reknit_error_free(). It names ids, fields and numbers, and never holds a field's value.
 * Never NULL; empty when `error` is no error.
 */
const char *reknit_error_message(reknit_error error);

/**
 * Frees `error`; nothing happens for 0. An error freed twice, or a handle of another kind, is
 * REKNIT_STATUS_INPUT and nothing is freed.
 */
int32_t reknit_error_free(reknit_error error);

/**
 * The ABI of the library that is loaded. A program compares it with its REKNIT_ABI_VERSION.
 */
uint32_t reknit_abi_version(void);

/**
 * The version of the library, such as "0.1.0": a C string that lives as long as the library.
 */
const char *reknit_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* REKNIT_H */
