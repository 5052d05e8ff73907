/*
 * From contact records of two systems to people, and from a message to how it reads.
 *
 *   cargo build --release --package reknit-c
 *   cc examples/c/people.c -I bindings/c/include target/release/libreknit.a -lpthread -lm -ldl -o people
 *   ./people
 */
#include <stdio.h>
#include <string.h>

#include "reknit.h"

static const char records[] =
    "{\"records\": ["
    "{\"source\": \"crm\",  \"id\": \"881\", \"name\": \"Ana P\xc3\xa9rez\", \"email\": \"ana.perez@mail.example\"},"
    "{\"source\": \"shop\", \"id\": \"17\",  \"name\": \"Perez, Ana\", \"email\": \"Ana.Perez@Mail.Example\"},"
    "{\"source\": \"shop\", \"id\": \"18\",  \"name\": \"Bo Lindqvist\", \"email\": \"bo@post.example\"}]}";

static const char message[] = "Two hours on hold and still no parcel. Great service, really.";

/* Says what went wrong, frees the error, and gives the program's exit code. */
static int give_up(reknit_error error) {
  fprintf(stderr, "%s: %s\n", reknit_error_name(error), reknit_error_message(error));
  reknit_error_free(error);
  return 1;
}

int main(void) {
  reknit_text people = 0, reading = 0;
  reknit_classifier sentiment = 0;
  reknit_error error = 0;

  if (reknit_abi_version() != REKNIT_ABI_VERSION) {
    fprintf(stderr, "reknit.h and libreknit are of different releases\n");
    return 1;
  }

  /* One call: JSON in, JSON out. The answer is ours, so we free it. */
  if (reknit_resolve(records, strlen(records), &people, &error) != REKNIT_STATUS_OK) {
    return give_up(error);
  }
  printf("people:  %s\n", reknit_text_data(people));
  reknit_text_free(people);

  /* A handle: made once, used for many texts, by any number of threads. */
  if (reknit_classifier_builtin("sentiment", strlen("sentiment"), &sentiment, &error) != REKNIT_STATUS_OK) {
    return give_up(error);
  }
  if (reknit_classifier_classify(sentiment, message, strlen(message), &reading, &error) != REKNIT_STATUS_OK) {
    reknit_classifier_free(sentiment);
    return give_up(error);
  }
  printf("reading: %s\n", reknit_text_data(reading));
  reknit_text_free(reading);
  reknit_classifier_free(sentiment);
  return 0;
}
