/*
 * The cases shared by all languages, through the C ABI.
 *
 * argv[1] is a file of lines "name TAB verb TAB request TAB answer", as the Rust tests leave it
 * behind; an error is written as "error CODE NAME: MESSAGE". Each answer must be the same, byte for
 * byte. The last line printed is "C: N passed, N failed".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reknit.h"

typedef int32_t (*verb_function)(const char *, size_t, reknit_text *, reknit_error *);

static const struct {
  const char *name;
  verb_function function;
} verbs[] = {
    {"normalize", reknit_normalize}, {"resolve", reknit_resolve},   {"explain", reknit_explain},
    {"how", reknit_how},             {"what_if", reknit_what_if},    {"waterfall", reknit_waterfall},
    {"live", reknit_live},             {"model_table", reknit_model_table}, {"review", reknit_review},
    {"golden", reknit_golden},       {"stitch", reknit_stitch},     {"train", reknit_train},
    {"explain_link", reknit_explain_link}, {"stitch_live", reknit_stitch_live},
    {"classify", reknit_classify},   {"suggest", reknit_suggest},
    {"counterfactual", reknit_counterfactual}, {"top_features", reknit_top_features},
    {"classify_live", reknit_classify_live},   {"extract", reknit_extract},
    {"redact", reknit_redact},       {"key_phrases", reknit_key_phrases}, {"similar", reknit_similar},
    {"duplicates", reknit_duplicates}, {"topics", reknit_topics},   {"summarize", reknit_summarize},
    {"opinions", reknit_opinions},   {"expand", reknit_expand},     {"run", reknit_run},
    {"evaluate", reknit_evaluate},   {"train_multi", reknit_train_multi},
    {"classify_multi", reknit_classify_multi}, {"explain_multi", reknit_explain_multi},
    {"counterfactual_multi", reknit_counterfactual_multi}, {"top_features_multi", reknit_top_features_multi},
};

/* A piece of the file. */
typedef struct {
  const char *data;
  size_t length;
} piece;

/* The file's bytes, ending in a zero byte; the caller frees them. */
static char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  char *bytes = NULL;
  long size;
  if (file == NULL) return NULL;
  if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
    bytes = malloc((size_t)size + 1);
    if (bytes != NULL) {
      *length = fread(bytes, 1, (size_t)size, file);
      bytes[*length] = '\0';
    }
  }
  fclose(file);
  return bytes;
}

/* The piece of `rest` up to `end`, which is skipped. */
static piece cut(piece *rest, char end) {
  const char *found = memchr(rest->data, end, rest->length);
  piece head;
  size_t skipped;
  head.data = rest->data;
  head.length = found == NULL ? rest->length : (size_t)(found - rest->data);
  skipped = head.length + (found == NULL ? 0 : 1);
  rest->data += skipped;
  rest->length -= skipped;
  return head;
}

static int32_t call(piece verb, piece request, reknit_text *out, reknit_error *err) {
  size_t i;
  for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
    if (strlen(verbs[i].name) == verb.length && memcmp(verbs[i].name, verb.data, verb.length) == 0) {
      return verbs[i].function(request.data, request.length, out, err);
    }
  }
  return reknit_call(verb.data, verb.length, request.data, request.length, NULL, NULL, out, err);
}

/* The error as the file writes it; the caller frees it. */
static char *error_line(int32_t code, reknit_error err) {
  const char *name = reknit_error_name(err), *message = reknit_error_message(err);
  char *line = malloc(strlen(name) + strlen(message) + 40);
  if (line != NULL) sprintf(line, "error %ld %s: %s", (long)code, name, message);
  return line;
}

/* Compares the answer with the expected one; prints both when they differ. */
static int same(piece name, piece expected, const char *found, size_t length) {
  if (found != NULL && expected.length == length && memcmp(expected.data, found, length) == 0) return 1;
  printf("FAILED %.*s\n  expected %.*s\n  found    %s\n", (int)name.length, name.data,
         (int)expected.length, expected.data, found == NULL ? "" : found);
  return 0;
}

static int check(piece name, piece verb, piece request, piece expected) {
  reknit_text out = 0;
  reknit_error err = 0;
  int passed;
  int32_t code = call(verb, request, &out, &err);
  if (code == REKNIT_STATUS_OK) {
    passed = same(name, expected, reknit_text_data(out), reknit_text_length(out));
  } else {
    char *line = error_line(code, err);
    passed = line != NULL && code == reknit_error_code(err) && same(name, expected, line, strlen(line));
    free(line);
  }
  if (reknit_text_free(out) != REKNIT_STATUS_OK || reknit_error_free(err) != REKNIT_STATUS_OK) {
    printf("FAILED %.*s\n  a handle cannot be freed\n", (int)name.length, name.data);
    passed = 0;
  }
  return passed;
}

int main(int argc, char **argv) {
  size_t length = 0;
  unsigned passed = 0, failed = 0;
  char *bytes = argc == 2 ? read_file(argv[1], &length) : NULL;
  piece rest;
  if (bytes == NULL) {
    fprintf(stderr, "usage: cases CASES.tsv (a readable file)\n");
    return 2;
  }
  rest.data = bytes;
  rest.length = length;
  while (rest.length > 0) {
    piece line = cut(&rest, '\n');
    piece name = cut(&line, '\t'), verb = cut(&line, '\t'), request = cut(&line, '\t');
    if (check(name, verb, request, line)) {
      passed++;
    } else {
      failed++;
    }
  }
  free(bytes);
  printf("C: %u passed, %u failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
