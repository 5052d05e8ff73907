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
    reknit_normalize, reknit_resolve,  reknit_explain, reknit_stitch,
    reknit_train,     reknit_classify, reknit_run,     reknit_evaluate,
};

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

/* Every function that takes a handle, on one that is wrong for all of them. */
static void bad_handles(uint64_t handle, const char *which) {
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

/* Makes, reads and frees errors while other threads do the same. */
static void *one_thread(void *data) {
  int i;
  for (i = 0; i < ROUNDS; i++) {
    reknit_text out = 0;
    reknit_error err = 0;
    int32_t code = verbs[i % 8]("[", 1, &out, &err);
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
  handles();
  threads();
  freed_by_all();
  after_fork();
  printf("C: %u passed, %u failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
