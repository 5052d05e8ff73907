/*
 * What a host may do wrong, and that each mistake is an error and never a crash.
 *
 * Run it under valgrind too. The last line printed is "C: N passed, N failed".
 */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reknit.h"

#define THREADS 8
#define ROUNDS 200

static unsigned passed, failed;

static void check(int holds, const char *what) {
  if (holds) {
    passed++;
  } else {
    failed++;
    printf("FAILED %s\n", what);
  }
}

typedef int32_t (*verb_function)(const char *, size_t, reknit_text *, reknit_error *);

static const verb_function verbs[] = {
    reknit_normalize, reknit_resolve,     reknit_explain, reknit_how,    reknit_what_if, reknit_waterfall,
    reknit_live,      reknit_model_table, reknit_review,  reknit_golden, reknit_stitch,  reknit_train,
    reknit_classify,  reknit_run,         reknit_evaluate, reknit_explain_link, reknit_stitch_live,
    reknit_suggest,   reknit_extract,     reknit_redact,   reknit_key_phrases, reknit_similar, reknit_duplicates,
    reknit_topics,    reknit_summarize,   reknit_opinions, reknit_expand,  reknit_counterfactual,
    reknit_top_features, reknit_classify_live, reknit_train_multi, reknit_classify_multi, reknit_explain_multi,
    reknit_counterfactual_multi, reknit_top_features_multi,
};

static const char records[] =
    "{\"records\": [{\"source\": \"crm\", \"id\": \"1\", \"name\": \"Ana Perez\", \"email\": \"ana@x.io\"},"
    "{\"source\": \"shop\", \"id\": \"7\", \"name\": \"Ana Perez\", \"email\": \"ANA@x.io\"}]}";

static const char delete_ana[] = "{\"delete\": {\"source\": \"crm\", \"id\": \"1\"}}";
static const char upsert_ana[] =
    "{\"upsert\": {\"source\": \"crm\", \"id\": \"1\", \"name\": \"Ana Perez\", \"email\": \"ana@x.io\"}}";
static const char explain_ana[] =
    "{\"explain\": [{\"source\": \"crm\", \"id\": \"1\"}, {\"source\": \"shop\", \"id\": \"7\"}]}";

static const char messages[] =
    "{\"messages\": [{\"id\": \"m1\", \"sent\": 0, \"from\": \"ana@x.io\", \"subject\": \"Parcel\"},"
    "{\"id\": \"m2\", \"sent\": 3600, \"from\": \"desk@shop.io\", \"in_reply_to\": \"m1\"}]}";
static const char upsert_m3[] =
    "{\"upsert\": {\"id\": \"m3\", \"sent\": 7200, \"from\": \"ana@x.io\", \"in_reply_to\": \"m2\"}}";
static const char delete_m3[] = "{\"delete\": \"m3\"}";

static const char examples[] =
    "{\"examples\": [{\"label\": \"refund\", \"text\": \"I want my money back\"},"
    "{\"label\": \"refund\", \"text\": \"please refund the money\"},"
    "{\"label\": \"delivery\", \"text\": \"where is my parcel\"},"
    "{\"label\": \"delivery\", \"text\": \"the parcel is late\"}]}";

/* Takes the error, and says whether it is the one wanted and has a message. */
static int is_error(int32_t code, int32_t wanted, reknit_error err) {
  int right = code == wanted && reknit_error_code(err) == wanted && reknit_error_message(err)[0] != '\0' &&
              reknit_error_name(err)[0] != '\0';
  return reknit_error_free(err) == REKNIT_STATUS_OK && right;
}

static void bad_arguments(verb_function verb) {
  static const char no_utf8[] = {'"', (char)0xff, '"'};
  reknit_text out = 7;
  reknit_error err = 0;
  int32_t code;

  code = verb(NULL, 2, &out, &err);
  check(out == 0 && is_error(code, REKNIT_STATUS_INPUT, err), "a NULL request is refused");
  code = verb(NULL, 0, &out, &err);
  check(out == 0 && is_error(code, REKNIT_STATUS_INPUT, err), "a NULL request of no length is refused");
  code = verb("{}", SIZE_MAX, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a length of SIZE_MAX is refused");
  code = verb("{}", (size_t)REKNIT_MAX_LENGTH + 1, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a length above the limit is refused");
  code = verb(no_utf8, sizeof no_utf8, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "bytes that are no UTF-8 are refused");
  code = verb("{}", 2, NULL, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a NULL out is refused");
  code = verb("{\"x\":", 5, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "half a JSON is refused");
  code = verb("", 0, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "an empty request is refused");
  check(verb(NULL, 0, NULL, NULL) == REKNIT_STATUS_INPUT, "nothing but NULL is refused");
}

static void bad_verbs(void) {
  reknit_text out = 0;
  reknit_error err = 0;
  int32_t code = reknit_call("guess", 5, "{}", 2, NULL, NULL, &out, &err);
  check(is_error(code, REKNIT_STATUS_NOT_FOUND, err), "an unknown verb is refused");
  code = reknit_call(NULL, 5, "{}", 2, NULL, NULL, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a NULL verb is refused");
}

/* A file of messages is read, and what is none is said. */
static void bad_files(void) {
  static const unsigned char mail[] = "From: ana@x.io\n\nHello\n";
  static const unsigned char zip[] = "PK\003\004";
  reknit_text out = 7;
  reknit_error err = 0;
  int32_t code = reknit_read_messages(NULL, 0, "{}", 2, &out, &err);
  check(out == 0 && is_error(code, REKNIT_STATUS_INPUT, err), "a NULL file is refused");
  code = reknit_read_messages(mail, sizeof mail - 1, NULL, 0, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "NULL options are refused");
  code = reknit_read_messages(mail, SIZE_MAX, "{}", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a file of SIZE_MAX is refused");
  code = reknit_read_messages(mail, sizeof mail - 1, "{\"x\": 1}", 8, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "an unknown option is refused");
  code = reknit_read_messages(zip, 4, "{}", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a zip file is refused");
  code = reknit_read_messages(mail, sizeof mail - 1, "{}", 2, &out, &err);
  check(code == REKNIT_STATUS_OK && strstr(reknit_text_data(out), "\"format\":\"eml\"") != NULL &&
            strstr(reknit_text_data(out), "Hello") != NULL,
        "a mail is read");
  check(reknit_text_free(out) == REKNIT_STATUS_OK, "its answer is freed");
}

/* Every function that takes a worker, on a handle that is none. */
static void bad_workers(uint64_t handle, const char *which) {
  reknit_text out = 0;
  reknit_error err = 0;
  int32_t code;
  code = reknit_classifier_save(handle, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_classifier_classify(handle, "hi", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_classifier_classify_all(handle, "[]", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_classifier_ask(handle, "{\"explain\": \"hi\"}", 17, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_classifier_explain(handle, "hi", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_multi_classifier_save(handle, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_multi_classifier_classify(handle, "hi", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_multi_classifier_classify_all(handle, "[]", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_multi_classifier_explain(handle, "hi", 2, "a", 1, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_multi_classifier_ask(handle, "{}", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  check(handle == 0 || reknit_multi_classifier_free(handle) == REKNIT_STATUS_INPUT, which);
  code = reknit_annotator_with(handle, "a", 1, handle, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_annotator_with_multi(handle, "a", 1, handle, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_annotator_annotate(handle, "hi", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_annotator_annotate_all(handle, "[]", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  check(handle == 0 || reknit_annotator_free(handle) == REKNIT_STATUS_INPUT, which);
  code = reknit_resolver_save(handle, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_resolver_resolve(handle, records, strlen(records), NULL, NULL, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_resolver_explain(handle, records, strlen(records), &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_resolver_begin_with(handle, "{}", 2, NULL, NULL, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_resolver_save(handle, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_resolver_change(handle, delete_ana, strlen(delete_ana), &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_resolver_ask(handle, "{\"members\": 1}", 14, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_stitcher_save(handle, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_stitcher_change(handle, delete_m3, strlen(delete_m3), &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_stitcher_ask(handle, "{\"members\": 1}", 14, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_classifier_begin_with(handle, examples, strlen(examples), &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_classifier_save(handle, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_classifier_change(handle, "{\"settle\": true}", 16, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_classifier_ask(handle, "{\"labels\": true}", 16, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  code = reknit_live_classifier_classifier(handle, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), which);
  check(handle == 0 || reknit_live_classifier_free(handle) == REKNIT_STATUS_INPUT, which);
  check(handle == 0 || reknit_classifier_free(handle) == REKNIT_STATUS_INPUT, which);
  check(handle == 0 || reknit_resolver_free(handle) == REKNIT_STATUS_INPUT, which);
  check(handle == 0 || reknit_live_resolver_free(handle) == REKNIT_STATUS_INPUT, which);
  check(handle == 0 || reknit_live_stitcher_free(handle) == REKNIT_STATUS_INPUT, which);
}

/* Every function that takes a handle, on one that is wrong for all of them. */
static void bad_handles(uint64_t handle, const char *which) {
  bad_workers(handle, which);
  check(reknit_text_data(handle) == NULL, which);
  check(reknit_text_length(handle) == 0, which);
  check(reknit_text_free(handle) == REKNIT_STATUS_INPUT, which);
  check(reknit_error_code(handle) == REKNIT_STATUS_INPUT, which);
  check(reknit_error_name(handle)[0] == '\0', which);
  check(reknit_error_message(handle)[0] == '\0', which);
  check(reknit_error_free(handle) == REKNIT_STATUS_INPUT, which);
}

static void handles(void) {
  reknit_error err = 0, again = 0;
  reknit_text out = 0;

  check(reknit_text_free(0) == REKNIT_STATUS_OK, "0 may be freed as a text");
  check(reknit_error_free(0) == REKNIT_STATUS_OK, "0 may be freed as an error");
  check(reknit_error_code(0) == REKNIT_STATUS_OK, "0 is no error");
  check(reknit_text_data(0) == NULL && reknit_text_length(0) == 0, "0 is no text");

  reknit_run(NULL, 0, &out, &err);
  check(reknit_text_data(err) == NULL, "an error is no text");
  check(reknit_text_free(err) == REKNIT_STATUS_INPUT, "an error is not freed as a text");
  check(reknit_error_free(err) == REKNIT_STATUS_OK, "an error is freed once");
  check(reknit_error_free(err) == REKNIT_STATUS_INPUT, "an error is not freed twice");
  reknit_run(NULL, 0, &out, &again);
  check(again != err, "a freed handle is not given out again");
  bad_handles(err, "a freed handle is refused after its place is used again");
  check(reknit_error_free(again) == REKNIT_STATUS_OK, "the new error is alive");
  bad_handles(1, "a made-up handle is refused");
  bad_handles(UINT64_MAX, "a handle of all ones is refused");
  bad_handles((uint64_t)1 << 60, "a handle of a place never used is refused");
}

/* A classifier's arguments, and a model that is not one. */
static void classifiers(void) {
  static const unsigned char no_model[] = {0, 1, 2, 3, 0xff};
  reknit_classifier sentiment = 0, trained = 0, loaded = 0;
  reknit_text out = 0, model = 0;
  reknit_error err = 0;
  const uint8_t *bytes;
  int32_t code;

  code = reknit_classifier_builtin("sentiment", 9, &sentiment, &err);
  check(code == REKNIT_STATUS_OK && sentiment != 0 && err == 0, "the sentiment is there");
  code = reknit_classifier_classify(sentiment, "", 0, &out, &err);
  check(code == REKNIT_STATUS_OK && reknit_text_length(out) > 2, "an empty text has a reading");
  check(reknit_text_free(out) == REKNIT_STATUS_OK, "a reading is freed");
  code = reknit_classifier_classify(sentiment, NULL, 0, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a NULL text is refused");
  code = reknit_classifier_classify_all(sentiment, "{}", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "texts that are no list are refused");
  code = reknit_classifier_ask(sentiment, "{\"explain\": \"hi\"}", 17, &out, &err);
  check(is_error(code, REKNIT_STATUS_CONFIG, err), "a built-in classifier takes no questions");
  code = reknit_classifier_save(sentiment, &out, &err);
  check(is_error(code, REKNIT_STATUS_CONFIG, err), "a built-in classifier is not saved");
  check(reknit_resolver_free(sentiment) == REKNIT_STATUS_INPUT, "a classifier is not freed as a resolver");
  check(reknit_text_free(sentiment) == REKNIT_STATUS_INPUT, "a classifier is not freed as a text");
  check(reknit_classifier_free(sentiment) == REKNIT_STATUS_OK, "a classifier is freed");
  bad_handles(sentiment, "a freed classifier is refused");
  code = reknit_classifier_builtin("guess", 5, &sentiment, &err);
  check(sentiment == 0 && is_error(code, REKNIT_STATUS_NOT_FOUND, err), "an unknown model is refused");

  code = reknit_classifier_load(NULL, 0, &loaded, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a NULL model is refused");
  code = reknit_classifier_load(no_model, sizeof no_model, &loaded, &err);
  check(loaded == 0 && is_error(code, REKNIT_STATUS_MODEL, err), "bytes that are no model are refused");
  code = reknit_classifier_load(no_model, 0, &loaded, &err);
  check(is_error(code, REKNIT_STATUS_MODEL, err), "no bytes are no model");

  code = reknit_classifier_train(examples, strlen(examples), NULL, NULL, &trained, &err);
  check(code == REKNIT_STATUS_OK, "a classifier is trained");
  code = reknit_classifier_ask(trained, "{\"counterfactual\": \"my parcel\"}", 31, &out, &err);
  check(code == REKNIT_STATUS_OK && reknit_text_free(out) == REKNIT_STATUS_OK, "a classifier is asked");
  code = reknit_classifier_ask(trained, "{\"guess\": 1}", 12, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a question of another shape is refused");
  code = reknit_classifier_save(trained, &model, &err);
  check(code == REKNIT_STATUS_OK && reknit_text_length(model) > 0, "a classifier is saved");
  bytes = (const uint8_t *)reknit_text_data(model);
  code = reknit_classifier_load(bytes, reknit_text_length(model), &loaded, &err);
  check(code == REKNIT_STATUS_OK, "a saved classifier is loaded");
  code = reknit_classifier_load(bytes, reknit_text_length(model) / 2, &sentiment, &err);
  check(is_error(code, REKNIT_STATUS_MODEL, err), "half a model is refused");
  check(reknit_text_free(model) == REKNIT_STATUS_OK, "a model is freed");
  check(reknit_classifier_free(trained) == REKNIT_STATUS_OK, "a trained classifier is freed");
  code = reknit_classifier_classify(loaded, "my parcel", 9, &out, &err);
  check(code == REKNIT_STATUS_OK && strstr(reknit_text_data(out), "\"label\":\"delivery\"") != NULL,
        "a loaded classifier outlives its original");
  reknit_text_free(out);
  check(reknit_classifier_free(loaded) == REKNIT_STATUS_OK, "a loaded classifier is freed");
}

/* A classifier of several labels a text: its arguments, and how it travels. */
static void multi_classifiers(void) {
  static const char several[] =
      "{\"examples\": [{\"labels\": [\"late\"], \"text\": \"my parcel is late\"},"
      "{\"labels\": [\"late\", \"refund\"], \"text\": \"late parcel, money back\"},"
      "{\"labels\": [\"refund\"], \"text\": \"refund my money\"}, {\"labels\": [], \"text\": \"hello\"}]}";
  reknit_multi_classifier trained = 0, loaded = 0;
  reknit_classifier single = 0;
  reknit_text out = 0, model = 0;
  reknit_error err = 0;
  const uint8_t *bytes;
  int32_t code;

  code = reknit_multi_classifier_train("{\"examples\": []}", 16, NULL, NULL, &trained, &err);
  check(trained == 0 && is_error(code, REKNIT_STATUS_INPUT, err), "no examples cannot be learnt");
  code = reknit_multi_classifier_train(several, strlen(several), NULL, NULL, &trained, &err);
  check(code == REKNIT_STATUS_OK && trained != 0 && err == 0, "several labels are learnt");
  code = reknit_multi_classifier_classify(trained, NULL, 0, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a NULL text is refused");
  code = reknit_multi_classifier_classify_all(trained, "{}", 2, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "texts that are no list are refused");
  code = reknit_multi_classifier_classify_all(trained, "[\"late\"]", 8, &out, &err);
  check(code == REKNIT_STATUS_OK && strstr(reknit_text_data(out), "\"label\":\"refund\"") != NULL,
        "all labels are told");
  check(reknit_text_free(out) == REKNIT_STATUS_OK, "they are freed");
  code = reknit_multi_classifier_explain(trained, "late", 4, NULL, 0, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a NULL label is refused");
  code = reknit_multi_classifier_explain(trained, "late", 4, "never", 5, &out, &err);
  check(is_error(code, REKNIT_STATUS_NOT_FOUND, err), "an unknown label is not explained");
  code = reknit_multi_classifier_explain(trained, "late", 4, "late", 4, &out, &err);
  check(code == REKNIT_STATUS_OK && strstr(reknit_text_data(out), "\"evidence\"") != NULL, "a label is explained");
  check(reknit_text_free(out) == REKNIT_STATUS_OK, "an explanation is freed");
  const char *question = "{\"counterfactual\": {\"text\": \"late\", \"label\": \"late\"}}";
  code = reknit_multi_classifier_ask(trained, question, strlen(question), &out, &err);
  check(code == REKNIT_STATUS_OK && strstr(reknit_text_data(out), "\"words\":[{\"name\":\"late\"") != NULL,
        "a label is asked about without its words");
  check(reknit_text_free(out) == REKNIT_STATUS_OK, "an answer is freed");
  code = reknit_multi_classifier_ask(trained, "{\"counterfactual\": \"late\"}", 26, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a question names its label");
  question = "{\"top_features\": {\"texts\": [\"late\"], \"label\": \"never\"}}";
  code = reknit_multi_classifier_ask(trained, question, strlen(question), &out, &err);
  check(is_error(code, REKNIT_STATUS_NOT_FOUND, err), "an unknown label is not asked about");

  code = reknit_multi_classifier_save(trained, &model, &err);
  check(code == REKNIT_STATUS_OK && reknit_text_length(model) > 0, "several labels are saved");
  bytes = (const uint8_t *)reknit_text_data(model);
  code = reknit_classifier_load(bytes, reknit_text_length(model), &single, &err);
  check(single == 0 && is_error(code, REKNIT_STATUS_MODEL, err), "several labels are not loaded as one");
  code = reknit_multi_classifier_load(bytes, reknit_text_length(model) / 2, &loaded, &err);
  check(is_error(code, REKNIT_STATUS_MODEL, err), "half a model of several labels is refused");
  code = reknit_multi_classifier_load(bytes, reknit_text_length(model), &loaded, &err);
  check(code == REKNIT_STATUS_OK, "saved several labels are loaded");
  check(reknit_text_free(model) == REKNIT_STATUS_OK, "their model is freed");
  check(reknit_classifier_free(trained) == REKNIT_STATUS_INPUT, "several labels are not freed as one");
  check(reknit_multi_classifier_free(trained) == REKNIT_STATUS_OK, "several labels are freed");
  bad_handles(trained, "freed several labels are refused");
  code = reknit_multi_classifier_classify(loaded, "my parcel is late", 17, &out, &err);
  check(code == REKNIT_STATUS_OK && reknit_text_free(out) == REKNIT_STATUS_OK, "they outlive their original");
  check(reknit_multi_classifier_free(loaded) == REKNIT_STATUS_OK, "loaded several labels are freed");
}

/* Readers that are asked together: their arguments, and that they outlive what they were made of. */
static void annotators(void) {
  static const char pair[] =
      "{\"examples\": [{\"label\": \"late\", \"text\": \"my parcel is late\"},"
      "{\"label\": \"refund\", \"text\": \"refund my money\"}]}";
  static const char several[] =
      "{\"examples\": [{\"labels\": [\"late\"], \"text\": \"my parcel is late\"}, {\"labels\": [], \"text\": \"hello\"}]}";
  static const char asked[] = "{\"models\": [\"sentiment\"]}";
  reknit_annotator first = 0, second = 0, third = 0, none = 0;
  reknit_classifier queue = 0, mood = 0;
  reknit_multi_classifier tags = 0;
  reknit_text out = 0;
  reknit_error err = 0;
  int32_t code;

  check(reknit_classifier_train(pair, strlen(pair), NULL, NULL, &queue, &err) == REKNIT_STATUS_OK, "a queue is learnt");
  check(reknit_classifier_builtin("spam", 4, &mood, &err) == REKNIT_STATUS_OK, "spam is built in");
  check(reknit_multi_classifier_train(several, strlen(several), NULL, NULL, &tags, &err) == REKNIT_STATUS_OK,
        "tags are learnt");
  code = reknit_annotator_new("{\"models\": [\"x\"]}", 17, NULL, NULL, &none, &err);
  check(none == 0 && is_error(code, REKNIT_STATUS_NOT_FOUND, err), "an unknown reader is refused");
  code = reknit_annotator_new("{\"texts\": []}", 13, NULL, NULL, &none, &err);
  check(none == 0 && is_error(code, REKNIT_STATUS_INPUT, err), "readers are made without texts");
  code = reknit_annotator_new(asked, strlen(asked), NULL, NULL, &first, &err);
  check(code == REKNIT_STATUS_OK && first != 0 && err == 0, "readers are made");
  code = reknit_annotator_with(first, "sentiment", 9, queue, &none, &err);
  check(none == 0 && is_error(code, REKNIT_STATUS_INPUT, err), "a name is of one reader");
  code = reknit_annotator_with(first, NULL, 5, queue, &none, &err);
  check(none == 0 && is_error(code, REKNIT_STATUS_INPUT, err), "a NULL name is refused");
  code = reknit_annotator_with(first, "mood", 4, mood, &none, &err);
  check(none == 0 && is_error(code, REKNIT_STATUS_CONFIG, err), "a built-in model keeps its name");
  code = reknit_annotator_with(first, "queue", 5, queue, &second, &err);
  check(code == REKNIT_STATUS_OK && second != first, "a classifier is asked as well");
  code = reknit_annotator_with_multi(second, "tags", 4, tags, &third, &err);
  check(code == REKNIT_STATUS_OK && third != second, "so is one of several labels");
  check(reknit_annotator_free(first) == REKNIT_STATUS_OK && reknit_annotator_free(second) == REKNIT_STATUS_OK &&
            reknit_classifier_free(queue) == REKNIT_STATUS_OK && reknit_classifier_free(mood) == REKNIT_STATUS_OK &&
            reknit_multi_classifier_free(tags) == REKNIT_STATUS_OK,
        "what readers were made of is freed");
  code = reknit_annotator_annotate(third, "my parcel is late", 17, &out, &err);
  check(code == REKNIT_STATUS_OK && strstr(reknit_text_data(out), "\"queue\":{\"label\":\"late\"") != NULL &&
            strstr(reknit_text_data(out), "\"sentiment\":") != NULL && strstr(reknit_text_data(out), "\"tags\":") != NULL,
        "they outlive it");
  check(reknit_text_free(out) == REKNIT_STATUS_OK, "what they say is freed");
  code = reknit_annotator_annotate(third, NULL, 0, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a NULL text is not read");
  code = reknit_annotator_annotate_all(third, "[3]", 3, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "texts to read are strings");
  code = reknit_annotator_annotate_all(third, "[\"hi\", \"\"]", 10, &out, &err);
  check(code == REKNIT_STATUS_OK && reknit_text_free(out) == REKNIT_STATUS_OK, "many texts are read");
  check(reknit_classifier_free(third) == REKNIT_STATUS_INPUT, "readers are no classifier");
  check(reknit_annotator_free(third) == REKNIT_STATUS_OK, "readers are freed");
  bad_handles(third, "freed readers are refused");
}

static void resolvers(void) {
  reknit_resolver fitted = 0, loaded = 0;
  reknit_text model = 0, first = 0, second = 0;
  reknit_error err = 0;
  int32_t code = reknit_resolver_fit(records, strlen(records), NULL, NULL, &fitted, &err);
  check(code == REKNIT_STATUS_OK, "a resolver is fitted");
  check(reknit_resolver_save(fitted, &model, &err) == REKNIT_STATUS_OK, "a resolver is saved");
  code = reknit_resolver_load(reknit_text_data(model), reknit_text_length(model), &loaded, &err);
  check(code == REKNIT_STATUS_OK, "a saved resolver is loaded");
  reknit_text_free(model);
  reknit_resolver_resolve(fitted, records, strlen(records), NULL, NULL, &first, &err);
  reknit_resolver_resolve(loaded, records, strlen(records), NULL, NULL, &second, &err);
  check(first != 0 && second != 0 && strcmp(reknit_text_data(first), reknit_text_data(second)) == 0,
        "a loaded resolver gives the same answer");
  reknit_text_free(first);
  reknit_text_free(second);
  check(reknit_resolver_free(fitted) == REKNIT_STATUS_OK, "a resolver is freed");
  check(reknit_resolver_free(loaded) == REKNIT_STATUS_OK, "a loaded resolver is freed");
  bad_handles(fitted, "a freed resolver is refused");
  code = reknit_resolver_load("{}", 2, &loaded, &err);
  check(is_error(code, REKNIT_STATUS_MODEL, err), "JSON that is no resolver is refused");
}

/* A change of an engine, or a question to it. */
typedef int32_t (*order_function)(uint64_t, const char *, size_t, reknit_text *, reknit_error *);

/* Whether an engine answers `question` with `expected`. */
static int answers_by(order_function ask, uint64_t live, const char *question, const char *expected) {
  reknit_text out = 0;
  int32_t code = ask(live, question, strlen(question), &out, NULL);
  int right = code == REKNIT_STATUS_OK && strcmp(reknit_text_data(out), expected) == 0;
  if (!right) printf("answered %s\n", code == REKNIT_STATUS_OK ? reknit_text_data(out) : "an error");
  return reknit_text_free(out) == REKNIT_STATUS_OK && right;
}

/* Whether a change ends with `wanted`. */
static int changes_by(order_function make, uint64_t live, const char *change, int32_t wanted) {
  reknit_text out = 0;
  reknit_error err = 0;
  int32_t code = make(live, change, strlen(change), &out, &err);
  if (wanted != REKNIT_STATUS_OK) return out == 0 && is_error(code, wanted, err);
  return code == REKNIT_STATUS_OK && reknit_text_free(out) == REKNIT_STATUS_OK && err == 0;
}

static int answers(reknit_live_resolver live, const char *question, const char *expected) {
  return answers_by(reknit_live_resolver_ask, live, question, expected);
}

static int changes(reknit_live_resolver live, const char *change, int32_t wanted) {
  return changes_by(reknit_live_resolver_change, live, change, wanted);
}

static int tells(reknit_live_stitcher live, const char *question, const char *expected) {
  return answers_by(reknit_live_stitcher_ask, live, question, expected);
}

static int alters(reknit_live_stitcher live, const char *change, int32_t wanted) {
  return changes_by(reknit_live_stitcher_change, live, change, wanted);
}

/* Changes that are refused, and that they change nothing. */
static void refused_changes(reknit_live_resolver live) {
  static const char both[] = "{\"members\":1}";
  static const char ana[] =
      "{\"entity\":1,\"records\":[{\"source\":\"crm\",\"id\":\"1\"},{\"source\":\"shop\",\"id\":\"7\"}]}";
  reknit_text out = 0;
  reknit_error err = 0;
  int32_t code;
  check(answers(live, both, ana), "an engine knows its entities");
  check(changes(live, "{\"delete\": {\"source\": \"crm\", \"id\": \"9\"}}", REKNIT_STATUS_NOT_FOUND),
        "an unknown record is not deleted");
  check(changes(live, "{\"upsert\": {\"source\": \"crm\"}}", REKNIT_STATUS_INPUT), "a record needs an id");
  check(changes(live, both, REKNIT_STATUS_INPUT), "a question is no change");
  check(changes(live, "{\"forget\": 1}", REKNIT_STATUS_INPUT), "an unknown change is refused");
  check(changes(live, "", REKNIT_STATUS_INPUT), "an empty change is refused");
  code = reknit_live_resolver_ask(live, delete_ana, strlen(delete_ana), &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a change is no question");
  code = reknit_live_resolver_change(live, NULL, 3, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a NULL change is refused");
  code = reknit_live_resolver_change(live, delete_ana, strlen(delete_ana), NULL, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a change without a place for its answer is refused");
  check(answers(live, both, ana), "what is refused changes nothing");
}

static void live_resolvers(void) {
  static const char nobody[] = "{\"entity\":null}";
  static const char ask_ana[] = "{\"entity_of\": {\"source\": \"crm\", \"id\": \"1\"}}";
  reknit_live_resolver live = 0, loaded = 0, other = 0;
  reknit_resolver fitted = 0;
  reknit_text saved = 0;
  reknit_error err = 0;
  const uint8_t *bytes;
  size_t length;
  int32_t code = reknit_live_resolver_begin(records, strlen(records), NULL, NULL, &live, &err);
  check(code == REKNIT_STATUS_OK, "an engine begins with records");
  refused_changes(live);
  check(changes(live, delete_ana, REKNIT_STATUS_OK) && answers(live, ask_ana, nobody), "a record is deleted");
  check(changes(live, delete_ana, REKNIT_STATUS_NOT_FOUND), "a record is not deleted twice");
  check(reknit_live_resolver_save(live, &saved, &err) == REKNIT_STATUS_OK, "an engine is saved");
  bytes = (const uint8_t *)reknit_text_data(saved);
  length = reknit_text_length(saved);
  code = reknit_live_resolver_load(bytes, length, &loaded, &err);
  check(code == REKNIT_STATUS_OK && answers(loaded, ask_ana, nobody), "a saved engine is loaded");
  code = reknit_live_resolver_load(bytes, length / 2, &other, &err);
  check(other == 0 && is_error(code, REKNIT_STATUS_MODEL, err), "half an engine is refused");
  code = reknit_live_resolver_load(bytes, 0, &other, &err);
  check(is_error(code, REKNIT_STATUS_MODEL, err), "no bytes are no engine");
  code = reknit_live_resolver_load(NULL, 5, &other, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "NULL is no engine");
  check(reknit_text_free(saved) == REKNIT_STATUS_OK, "a saved engine is freed");
  check(changes(loaded, upsert_ana, REKNIT_STATUS_OK) && answers(loaded, ask_ana, "{\"entity\":1}"),
        "a loaded engine goes on");
  check(answers(live, ask_ana, nobody), "and leaves its original alone");
  check(reknit_resolver_free(live) == REKNIT_STATUS_INPUT, "an engine is not freed as a resolver");
  check(reknit_live_resolver_free(loaded) == REKNIT_STATUS_OK, "a loaded engine is freed");
  check(reknit_live_resolver_free(live) == REKNIT_STATUS_OK, "an engine is freed");
  bad_handles(live, "a freed engine is refused");

  check(reknit_resolver_fit(records, strlen(records), NULL, NULL, &fitted, &err) == REKNIT_STATUS_OK,
        "a resolver is fitted for an engine");
  code = reknit_live_resolver_begin_with(fitted, records, strlen(records) / 2, NULL, NULL, &live, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "half a request is no beginning");
  code = reknit_live_resolver_begin_with(fitted, "{}", 2, NULL, NULL, &live, &err);
  check(code == REKNIT_STATUS_OK && reknit_resolver_free(fitted) == REKNIT_STATUS_OK, "an engine begins empty");
  check(answers(live, "{\"entities\": true}", "{\"entities\":[]}"), "an empty engine outlives its resolver");
  check(changes(live, upsert_ana, REKNIT_STATUS_OK) && answers(live, ask_ana, "{\"entity\":1}"),
        "an empty engine takes a record");
  check(reknit_live_resolver_free(live) == REKNIT_STATUS_OK, "an engine that began empty is freed");
}

/* Orders to a stitcher that are refused, and that they change nothing. */
static void refused_orders(reknit_live_stitcher live) {
  static const char first[] = "{\"members\":1}";
  static const char both[] = "{\"conversation\":1,\"messages\":[\"m1\",\"m2\"]}";
  reknit_text out = 0;
  reknit_error err = 0;
  int32_t code;
  check(tells(live, first, both), "a stitcher knows its conversations");
  check(alters(live, delete_m3, REKNIT_STATUS_NOT_FOUND), "an unknown message is not deleted");
  check(alters(live, "{\"split\": \"m3\"}", REKNIT_STATUS_NOT_FOUND), "an unknown message is not split off");
  check(alters(live, "{\"move_to\": [\"m1\", 9]}", REKNIT_STATUS_NOT_FOUND), "nothing moves to nowhere");
  check(alters(live, "{\"upsert\": {\"text\": \"hi\"}}", REKNIT_STATUS_INPUT), "a message needs an id");
  check(alters(live, "{\"must_link\": [\"m1\", \"m1\"]}", REKNIT_STATUS_INPUT), "a link needs two messages");
  check(alters(live, first, REKNIT_STATUS_INPUT), "a question to a stitcher is no change");
  check(alters(live, "{\"forget\": \"m1\"}", REKNIT_STATUS_INPUT), "an unknown order is refused");
  code = reknit_live_stitcher_ask(live, delete_m3, strlen(delete_m3), &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a change of a stitcher is no question");
  code = reknit_live_stitcher_change(live, NULL, 3, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a NULL change of a stitcher is refused");
  code = reknit_live_stitcher_ask(live, first, strlen(first), NULL, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a question without a place for its answer is refused");
  check(tells(live, first, both), "what a stitcher refuses changes nothing");
}

/* A stitcher that is saved and loaded, and one that closes what is old. */
static void saved_stitchers(reknit_live_stitcher live) {
  static const char whose[] = "{\"conversation_of\": \"m1\"}";
  reknit_live_stitcher loaded = 0, other = 0;
  reknit_text saved = 0;
  reknit_error err = 0;
  const uint8_t *bytes;
  size_t length;
  int32_t code;
  check(reknit_live_stitcher_save(live, &saved, &err) == REKNIT_STATUS_OK, "a stitcher is saved");
  bytes = (const uint8_t *)reknit_text_data(saved);
  length = reknit_text_length(saved);
  code = reknit_live_stitcher_load(bytes, length, &loaded, &err);
  check(code == REKNIT_STATUS_OK && tells(loaded, whose, "{\"conversation\":1}"), "a saved stitcher is loaded");
  code = reknit_live_stitcher_load(bytes, length / 2, &other, &err);
  check(other == 0 && is_error(code, REKNIT_STATUS_MODEL, err), "half a stitcher is refused");
  code = reknit_live_stitcher_load(bytes, 0, &other, &err);
  check(is_error(code, REKNIT_STATUS_MODEL, err), "no bytes are no stitcher");
  code = reknit_live_stitcher_load(NULL, 5, &other, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "NULL is no stitcher");
  code = reknit_live_stitcher_save(live, NULL, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a stitcher is not saved to nowhere");
  check(reknit_text_free(saved) == REKNIT_STATUS_OK, "a saved stitcher is freed");
  check(alters(loaded, "{\"close_before\": \"soon\"}", REKNIT_STATUS_INPUT), "a time that is none closes nothing");
  check(alters(loaded, "{\"close_before\": \"2100-01-01\"}", REKNIT_STATUS_OK) &&
            tells(loaded, whose, "{\"conversation\":null}"),
        "a loaded stitcher closes what is old");
  check(tells(live, whose, "{\"conversation\":1}"), "and leaves its original alone");
  check(reknit_live_stitcher_free(loaded) == REKNIT_STATUS_OK, "a loaded stitcher is freed");
}

static void live_stitchers(void) {
  static const char whose[] = "{\"conversation_of\": \"m3\"}";
  reknit_live_stitcher live = 0, other = 0;
  reknit_error err = 0;
  int32_t code = reknit_live_stitcher_begin("{\"records\": []}", 15, NULL, NULL, &live, &err);
  check(live == 0 && is_error(code, REKNIT_STATUS_INPUT, err), "a stitcher begins with no records");
  code = reknit_live_stitcher_begin(messages, strlen(messages) / 2, NULL, NULL, &live, &err);
  check(live == 0 && is_error(code, REKNIT_STATUS_INPUT, err), "half a request begins no stitcher");
  code = reknit_live_stitcher_begin(messages, strlen(messages), NULL, NULL, &live, &err);
  check(code == REKNIT_STATUS_OK && err == 0, "a stitcher begins with messages");
  refused_orders(live);
  check(alters(live, upsert_m3, REKNIT_STATUS_OK) && tells(live, whose, "{\"conversation\":1}"), "a message comes");
  check(alters(live, "{\"split\": \"m3\"}", REKNIT_STATUS_OK) && tells(live, whose, "{\"conversation\":2}"),
        "a message is split off");
  check(alters(live, "{\"undo_link\": [\"m2\", \"m3\"]}", REKNIT_STATUS_OK) &&
            tells(live, "{\"members\": 2}", "{\"conversation\":1,\"messages\":[\"m1\",\"m2\",\"m3\"]}"),
        "and comes back");
  check(alters(live, delete_m3, REKNIT_STATUS_OK) && tells(live, whose, "{\"conversation\":null}"),
        "a message goes");
  saved_stitchers(live);
  code = reknit_live_stitcher_begin("{}", 2, NULL, NULL, &other, &err);
  check(code == REKNIT_STATUS_OK && tells(other, "{\"conversations\":true}", "{\"conversations\":[]}"),
        "a stitcher begins empty");
  check(reknit_live_resolver_free(live) == REKNIT_STATUS_INPUT, "a stitcher is not freed as a resolver");
  check(reknit_live_stitcher_free(other) == REKNIT_STATUS_OK, "an empty stitcher is freed");
  check(reknit_live_stitcher_free(live) == REKNIT_STATUS_OK, "a stitcher is freed");
  bad_handles(live, "a freed stitcher is refused");
}

/* An engine in use: what its threads have it do, until it is freed. */
typedef struct {
  uint64_t live;
  order_function change, ask;
  const char *order, *question;
} used;

/* Changes and questions, until the engine is freed. */
static void *change_until_freed(void *data) {
  const used *engine = data;
  reknit_text out = 0;
  reknit_error err = 0;
  int32_t code;
  do {
    code = engine->change(engine->live, engine->order, strlen(engine->order), &out, &err);
    reknit_text_free(out);
    if (code == REKNIT_STATUS_OK) code = engine->ask(engine->live, engine->question, strlen(engine->question), &out, &err);
    reknit_text_free(out);
  } while (code == REKNIT_STATUS_OK);
  return is_error(code, REKNIT_STATUS_INPUT, err) ? data : NULL;
}

/* Threads that change `engine` while this one asks and then frees it. */
static void changed_until(used *engine, const char *nobody, int32_t (*free_engine)(uint64_t)) {
  pthread_t thread[THREADS];
  void *ended;
  int i, well = 0;
  for (i = 0; i < THREADS; i++) {
    if (pthread_create(&thread[i], NULL, change_until_freed, engine) != 0) abort();
  }
  for (i = 0; i < ROUNDS; i++) {
    check(answers_by(engine->ask, engine->live, "{\"members\":2}", nobody), "a question while others change");
  }
  check(free_engine(engine->live) == REKNIT_STATUS_OK, "an engine in use is freed");
  for (i = 0; i < THREADS; i++) {
    pthread_join(thread[i], &ended);
    well += ended != NULL;
  }
  check(well == THREADS, "threads whose engine is freed get an error");
}

static void changed_by_all(void) {
  used people = {0, reknit_live_resolver_change, reknit_live_resolver_ask, upsert_ana, explain_ana};
  used talks = {0, reknit_live_stitcher_change, reknit_live_stitcher_ask, upsert_m3, "{\"explain\": \"m3\"}"};
  reknit_live_resolver_begin(records, strlen(records), NULL, NULL, &people.live, NULL);
  changed_until(&people, "{\"entity\":null,\"records\":[]}", reknit_live_resolver_free);
  reknit_live_stitcher_begin(messages, strlen(messages), NULL, NULL, &talks.live, NULL);
  changed_until(&talks, "{\"conversation\":null,\"messages\":[]}", reknit_live_stitcher_free);
}

/* What a callback saw, and what it is to answer. */
typedef struct {
  unsigned calls, wrong;
  int32_t answer;
} told;

/* A callback that calls the library itself. */
static int32_t tell(uint64_t done, uint64_t total, void *data) {
  told *seen = data;
  reknit_text out = 0;
  seen->calls++;
  seen->wrong += total != 0 && done > total;
  seen->wrong += reknit_resolve(records, strlen(records), &out, NULL) != REKNIT_STATUS_OK;
  seen->wrong += reknit_text_free(out) != REKNIT_STATUS_OK;
  return seen->answer;
}

static void callbacks(void) {
  told seen = {0, 0, 0};
  reknit_text out = 0;
  reknit_error err = 0;
  int32_t code = reknit_call("resolve", 7, records, strlen(records), tell, &seen, &out, &err);
  check(code == REKNIT_STATUS_OK && seen.calls > 0 && seen.wrong == 0, "a callback may call the library");
  reknit_text_free(out);
  seen.answer = 1;
  code = reknit_call("resolve", 7, records, strlen(records), tell, &seen, &out, &err);
  check(out == 0 && is_error(code, REKNIT_STATUS_CANCELLED, err), "a callback stops the call");
  code = reknit_live_stitcher_begin(messages, strlen(messages), tell, &seen, &out, &err);
  check(out == 0 && is_error(code, REKNIT_STATUS_CANCELLED, err), "a callback stops the beginning of a stitcher");
}

/* What a live classifier answers and refuses, and how it travels. */
static void live_classifiers(void) {
  static const char add[] = "{\"add\": [{\"label\": \"login\", \"text\": \"cannot log in\"}]}";
  reknit_live_classifier live = 0, loaded = 0, other = 0;
  reknit_classifier now = 0, sentiment = 0;
  reknit_text saved = 0, out = 0;
  reknit_error err = 0;
  const uint8_t *bytes;
  size_t length;
  int32_t code = reknit_live_classifier_begin("{\"examples\": []}", 16, NULL, NULL, &live, &err);
  check(live == 0 && is_error(code, REKNIT_STATUS_INPUT, err), "nothing is learnt from no examples");
  code = reknit_live_classifier_begin(examples, strlen(examples), NULL, NULL, &live, &err);
  check(code == REKNIT_STATUS_OK && err == 0, "a live classifier begins with examples");
  check(answers_by(reknit_live_classifier_ask, live, "{\"labels\": true}", "{\"labels\":[\"delivery\",\"refund\"]}"),
        "it knows its labels");
  check(changes_by(reknit_live_classifier_change, live, add, REKNIT_STATUS_OK), "an example is added");
  check(answers_by(reknit_live_classifier_ask, live, "{\"labels\": true}",
                   "{\"labels\":[\"delivery\",\"login\",\"refund\"]}"),
        "with a label that is new");
  check(changes_by(reknit_live_classifier_change, live, "{\"forget\": [\"no such text\"]}", REKNIT_STATUS_NOT_FOUND),
        "what is not there is not forgotten");
  check(changes_by(reknit_live_classifier_change, live, "{\"labels\": true}", REKNIT_STATUS_INPUT),
        "a question is no change");
  code = reknit_live_classifier_ask(live, add, strlen(add), &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, err), "a change is no question");
  check(changes_by(reknit_live_classifier_change, live, "{\"settle\": true}", REKNIT_STATUS_OK), "it is settled");
  check(reknit_live_classifier_save(live, &saved, &err) == REKNIT_STATUS_OK, "a live classifier is saved");
  bytes = (const uint8_t *)reknit_text_data(saved);
  length = reknit_text_length(saved);
  code = reknit_live_classifier_load(bytes, length, &loaded, &err);
  check(code == REKNIT_STATUS_OK, "and loaded");
  code = reknit_live_classifier_load(bytes, length / 2, &other, &err);
  check(other == 0 && is_error(code, REKNIT_STATUS_MODEL, err), "half of it is refused");
  check(reknit_text_free(saved) == REKNIT_STATUS_OK, "its bytes are freed");
  code = reknit_live_classifier_classifier(loaded, &now, &err);
  check(code == REKNIT_STATUS_OK && reknit_live_classifier_free(loaded) == REKNIT_STATUS_OK, "it gives a classifier");
  code = reknit_classifier_classify(now, "cannot log in", 13, &out, &err);
  check(code == REKNIT_STATUS_OK && strstr(reknit_text_data(out), "\"label\":\"login\"") != NULL,
        "which knows what was learnt and outlives it");
  check(reknit_text_free(out) == REKNIT_STATUS_OK, "its answer is freed");
  code = reknit_live_classifier_begin_with(now, examples, strlen(examples), &other, &err);
  check(code == REKNIT_STATUS_OK && reknit_live_classifier_free(other) == REKNIT_STATUS_OK,
        "a classifier begins a live one");
  reknit_classifier_builtin("sentiment", 9, &sentiment, NULL);
  code = reknit_live_classifier_begin_with(sentiment, examples, strlen(examples), &other, &err);
  check(is_error(code, REKNIT_STATUS_CONFIG, err), "a built-in one does not");
  check(reknit_classifier_free(sentiment) == REKNIT_STATUS_OK, "a built-in classifier is freed");
  check(reknit_live_resolver_free(live) == REKNIT_STATUS_INPUT, "a live classifier is not freed as a resolver");
  check(reknit_classifier_free(now) == REKNIT_STATUS_OK, "its classifier is freed");
  check(reknit_live_classifier_free(live) == REKNIT_STATUS_OK, "a live classifier is freed");
  bad_handles(live, "a freed live classifier is refused");
}

/* A classifier used by seven threads while the eighth frees it. */
static void *use_until_freed(void *data) {
  reknit_classifier classifier = *(reknit_classifier *)data;
  reknit_text out = 0;
  reknit_error err = 0;
  int32_t code;
  while ((code = reknit_classifier_classify(classifier, "thanks", 6, &out, &err)) == REKNIT_STATUS_OK) {
    if (reknit_text_length(out) == 0 || reknit_text_free(out) != REKNIT_STATUS_OK) return NULL;
  }
  return is_error(code, REKNIT_STATUS_INPUT, err) ? data : NULL;
}

static void freed_in_use(void) {
  pthread_t thread[THREADS];
  reknit_classifier classifier = 0;
  void *ended;
  int i, well = 0;
  reknit_classifier_builtin("sentiment", 9, &classifier, NULL);
  for (i = 0; i < THREADS; i++) {
    if (pthread_create(&thread[i], NULL, use_until_freed, &classifier) != 0) abort();
  }
  check(reknit_classifier_free(classifier) == REKNIT_STATUS_OK, "a classifier in use is freed");
  for (i = 0; i < THREADS; i++) {
    pthread_join(thread[i], &ended);
    well += ended != NULL;
  }
  check(well == THREADS, "threads whose classifier is freed get an error");
}

/* Makes, reads and frees errors while other threads do the same. */
static void *one_thread(void *data) {
  int i;
  for (i = 0; i < ROUNDS; i++) {
    reknit_text out = 0;
    reknit_error err = 0;
    int32_t code = verbs[i % (int)(sizeof verbs / sizeof verbs[0])]("[", 1, &out, &err);
    if (out != 0 || !is_error(code, REKNIT_STATUS_INPUT, err)) *(int *)data += 1;
  }
  return NULL;
}

static void threads(void) {
  pthread_t thread[THREADS];
  int wrong[THREADS] = {0};
  int i, all = 0;
  for (i = 0; i < THREADS; i++) {
    if (pthread_create(&thread[i], NULL, one_thread, &wrong[i]) != 0) abort();
  }
  for (i = 0; i < THREADS; i++) {
    pthread_join(thread[i], NULL);
    all += wrong[i];
  }
  check(all == 0, "eight threads at once get their own answers");
}

/* The same handle freed by eight threads at once: one of them does it. */
static void *free_one(void *data) {
  return reknit_error_free(*(reknit_error *)data) == REKNIT_STATUS_OK ? data : NULL;
}

static void freed_by_all(void) {
  pthread_t thread[THREADS];
  reknit_text out = 0;
  reknit_error err = 0;
  void *did;
  int i, count = 0;
  reknit_run(NULL, 0, &out, &err);
  for (i = 0; i < THREADS; i++) {
    if (pthread_create(&thread[i], NULL, free_one, &err) != 0) abort();
  }
  for (i = 0; i < THREADS; i++) {
    pthread_join(thread[i], &did);
    count += did != NULL;
  }
  check(count == 1, "of eight threads that free a handle one succeeds");
}

static void after_fork(void) {
  int state = -1;
  pid_t child;
  fflush(stdout);
  child = fork();
  if (child == 0) {
    int wrong = 0;
    one_thread(&wrong);
    _exit(wrong == 0 ? 0 : 1);
  }
  check(child > 0 && waitpid(child, &state, 0) == child && state == 0, "a forked child may call");
}

int main(void) {
  size_t i;
  check(reknit_abi_version() == REKNIT_ABI_VERSION, "header and library have one ABI");
  check(strchr(reknit_version(), '.') != NULL, "the library has a version");
  for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++) bad_arguments(verbs[i]);
  bad_verbs();
  bad_files();
  handles();
  bad_workers(0, "0 is no classifier and no resolver");
  check(reknit_live_resolver_free(0) == REKNIT_STATUS_OK, "0 may be freed as an engine");
  check(reknit_live_stitcher_free(0) == REKNIT_STATUS_OK, "0 may be freed as a stitcher");
  check(reknit_live_classifier_free(0) == REKNIT_STATUS_OK, "0 may be freed as a live classifier");
  check(reknit_multi_classifier_free(0) == REKNIT_STATUS_OK, "0 may be freed as several labels");
  check(reknit_annotator_free(0) == REKNIT_STATUS_OK, "0 may be freed as readers");
  check(reknit_classifier_free(0) == REKNIT_STATUS_OK && reknit_resolver_free(0) == REKNIT_STATUS_OK,
        "0 may be freed as a classifier and as a resolver");
  classifiers();
  multi_classifiers();
  annotators();
  resolvers();
  live_resolvers();
  live_stitchers();
  live_classifiers();
  callbacks();
  threads();
  freed_by_all();
  freed_in_use();
  changed_by_all();
  after_fork();
  printf("C: %u passed, %u failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
