/*
 * Records in bulk: an Arrow C stream made by hand goes in, another comes out, and broken streams are
 * errors. The structs are those of the specification; no Arrow library is needed.
 *
 * The last line printed is "C: N passed, N failed".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reknit.h"

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

#define COLUMNS 4
#define ROWS 4

static unsigned passed, failed;

static void check(int holds, const char *what) {
  if (holds) {
    passed++;
  } else {
    failed++;
    printf("FAILED %s\n", what);
  }
}

/* ---- A producer: four text columns, one batch ---- */

static const char *const names[COLUMNS] = {"source", "id", "name", "email"};
static const char *const cells[COLUMNS][ROWS] = {
    {"crm", "crm", "shop", "shop"},
    {"1", "2", "7", "8"},
    {"Ana P\xc3\xa9rez", "Bo Li", "Ana Perez", "Cem Kaya"},
    {"ana@x.io", "bo@y.org", "ANA@x.io", "cem@z.net"},
};

/* What one test asks of the producer, and what it saw. */
typedef struct {
  const char *format;    /* of every column: "u" is text */
  int bad_bytes;         /* whether the first name is no UTF-8 */
  int fails;             /* whether get_next gives an error */
  int sent;              /* batches sent */
  int streams, schemas, arrays; /* alive */
} producer;

static void release_schema(struct ArrowSchema *schema) {
  int64_t i;
  producer *by = schema->private_data;
  for (i = 0; i < schema->n_children; i++) {
    if (schema->children[i]->release != NULL) schema->children[i]->release(schema->children[i]);
    free(schema->children[i]);
  }
  free(schema->children);
  schema->release = NULL;
  by->schemas--;
}

static void make_schema(producer *by, struct ArrowSchema *schema, const char *format, const char *name) {
  memset(schema, 0, sizeof *schema);
  schema->format = format;
  schema->name = name;
  schema->flags = 2;
  schema->release = release_schema;
  schema->private_data = by;
  by->schemas++;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
  producer *by = stream->private_data;
  int i;
  make_schema(by, out, "+s", "");
  out->n_children = COLUMNS;
  out->children = calloc(COLUMNS, sizeof *out->children);
  for (i = 0; i < COLUMNS; i++) {
    out->children[i] = malloc(sizeof **out->children);
    make_schema(by, out->children[i], by->format, names[i]);
  }
  return 0;
}

static void release_array(struct ArrowArray *array) {
  int64_t i;
  producer *by = array->private_data;
  for (i = 0; i < array->n_children; i++) {
    if (array->children[i]->release != NULL) array->children[i]->release(array->children[i]);
    free(array->children[i]);
  }
  for (i = 0; i < array->n_buffers; i++) free((void *)array->buffers[i]);
  free(array->children);
  free(array->buffers);
  array->release = NULL;
  by->arrays--;
}

static void make_array(producer *by, struct ArrowArray *array, int64_t buffers) {
  memset(array, 0, sizeof *array);
  array->length = ROWS;
  array->n_buffers = buffers;
  array->buffers = calloc((size_t)buffers, sizeof *array->buffers);
  array->release = release_array;
  array->private_data = by;
  by->arrays++;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
  producer *by = stream->private_data;
  int column, row;
  memset(out, 0, sizeof *out);
  if (by->fails) return 5;
  if (by->sent++ > 0) return 0;
  make_array(by, out, 1);
  out->n_children = COLUMNS;
  out->children = calloc(COLUMNS, sizeof *out->children);
  for (column = 0; column < COLUMNS; column++) {
    int32_t *ends = malloc((ROWS + 1) * sizeof *ends);
    char *bytes = malloc(200);
    out->children[column] = malloc(sizeof **out->children);
    make_array(by, out->children[column], 3);
    ends[0] = 0;
    for (row = 0; row < ROWS; row++) {
      size_t length = strlen(cells[column][row]);
      memcpy(bytes + ends[row], cells[column][row], length);
      ends[row + 1] = ends[row] + (int32_t)length;
    }
    if (column == 2 && by->bad_bytes) bytes[0] = (char)0xff;
    out->children[column]->buffers[1] = ends;
    out->children[column]->buffers[2] = bytes;
  }
  return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
  return ((producer *)stream->private_data)->fails ? "the disk is gone" : NULL;
}

static void release_stream(struct ArrowArrayStream *stream) {
  ((producer *)stream->private_data)->streams--;
  stream->release = NULL;
}

static void open_stream(producer *by, struct ArrowArrayStream *stream) {
  stream->get_schema = get_schema;
  stream->get_next = get_next;
  stream->get_last_error = get_last_error;
  stream->release = release_stream;
  stream->private_data = by;
  by->streams++;
}

static int all_released(const producer *by) {
  return by->streams == 0 && by->schemas == 0 && by->arrays == 0;
}

/* ---- The consumer ---- */

static int same_text(const struct ArrowArray *column, int64_t a, int64_t b) {
  const int32_t *ends = column->buffers[1];
  const char *bytes = column->buffers[2];
  int32_t length = ends[a + 1] - ends[a];
  return length == ends[b + 1] - ends[b] && memcmp(bytes + ends[a], bytes + ends[b], (size_t)length) == 0;
}

static int is_text(const struct ArrowArray *column, int64_t row, const char *text) {
  const int32_t *ends = column->buffers[1];
  const char *bytes = column->buffers[2];
  size_t length = (size_t)(ends[row + 1] - ends[row]);
  return length == strlen(text) && memcmp(bytes + ends[row], text, length) == 0;
}

static void read_people(struct ArrowArrayStream *people) {
  static const char *const columns[] = {"source", "id", "entity_id", "probability"};
  struct ArrowSchema schema;
  struct ArrowArray batch, end;
  int i;
  check(people->get_schema(people, &schema) == 0 && schema.n_children == 4, "people have four columns");
  for (i = 0; i < 4; i++) check(strcmp(schema.children[i]->name, columns[i]) == 0, "a column has its name");
  schema.release(&schema);
  check(people->get_next(people, &batch) == 0 && batch.release != NULL, "there is a batch");
  check(batch.length == ROWS, "there is a row per record");
  check(is_text(batch.children[0], 2, "shop") && is_text(batch.children[1], 2, "7"), "rows keep their order");
  check(same_text(batch.children[2], 0, 2), "one e-mail address and one name are one person");
  check(!same_text(batch.children[2], 0, 1) && !same_text(batch.children[2], 1, 3), "others are others");
  check(people->get_next(people, &end) == 0 && end.release == NULL, "there is one batch");
  batch.release(&batch);
}

/* What the names of the people sound like. */
static void read_moods(struct ArrowArrayStream *moods) {
  struct ArrowSchema schema;
  struct ArrowArray batch, end;
  check(moods->get_schema(moods, &schema) == 0 && schema.n_children == 2, "a reader has two columns");
  check(strcmp(schema.children[0]->name, "sentiment") == 0, "the label has the reader's name");
  check(strcmp(schema.children[1]->name, "sentiment_probability") == 0, "so has the probability");
  schema.release(&schema);
  check(moods->get_next(moods, &batch) == 0 && batch.release != NULL, "there are moods");
  check(batch.length == ROWS && is_text(batch.children[0], 1, "neutral"), "there is a mood per name");
  check(moods->get_next(moods, &end) == 0 && end.release == NULL, "there is one batch of moods");
  batch.release(&batch);
}

static void annotated(producer by, const char *request) {
  struct ArrowArrayStream in, out;
  reknit_error err = 0;
  int32_t code;
  open_stream(&by, &in);
  code = reknit_annotate_arrow(&in, request, strlen(request), NULL, NULL, &out, &err);
  check(code == REKNIT_STATUS_OK && err == 0 && in.release == NULL, "a stream of texts is taken");
  if (code == REKNIT_STATUS_OK) {
    check(by.sent == 0, "nothing is read before it is asked for");
    if (by.bad_bytes || by.fails) {
      struct ArrowArray batch;
      const char *said;
      check(out.get_next(&out, &batch) != 0, "a broken batch is an error");
      said = out.get_last_error(&out);
      check(said != NULL && strstr(said, "Perez") == NULL, "which says why, without a value");
    } else {
      read_moods(&out);
    }
    out.release(&out);
  }
  check(all_released(&by), "what the producer of texts made is released");
}

/* The same by readers that are kept, and freed before the stream is read. */
static void annotated_by_kept(producer by) {
  static const char asked[] = "{\"models\": [\"sentiment\"]}";
  struct ArrowArrayStream in, out;
  reknit_annotator readers = 0;
  reknit_error err = 0;
  int32_t code;
  check(reknit_annotator_new(asked, strlen(asked), NULL, NULL, &readers, &err) == REKNIT_STATUS_OK, "readers are made");
  open_stream(&by, &in);
  code = reknit_annotator_annotate_arrow(readers, &in, "name", 4, &out, &err);
  check(code == REKNIT_STATUS_OK && err == 0 && in.release == NULL, "kept readers take a stream");
  check(reknit_annotator_free(readers) == REKNIT_STATUS_OK, "they may be freed before it is read");
  if (code == REKNIT_STATUS_OK) {
    read_moods(&out);
    out.release(&out);
  }
  check(all_released(&by), "what the producer made for kept readers is released");
  open_stream(&by, &in);
  code = reknit_annotator_annotate_arrow(readers, &in, "name", 4, &out, &err);
  check(code == REKNIT_STATUS_INPUT && out.release == NULL && reknit_error_free(err) == REKNIT_STATUS_OK,
        "freed readers take no stream");
  check(in.release == NULL && all_released(&by), "what freed readers were given is released");
}

static int is_error(int32_t code, int32_t wanted, const struct ArrowArrayStream *out, reknit_error err) {
  int right = code == wanted && out->release == NULL && reknit_error_message(err)[0] != '\0' &&
              strstr(reknit_error_message(err), "Perez") == NULL;
  if (!right) printf("  code %ld: %s\n", (long)code, reknit_error_message(err));
  return reknit_error_free(err) == REKNIT_STATUS_OK && right;
}

static int32_t stop(uint64_t done, uint64_t total, void *data) {
  (void)done;
  (void)total;
  *(int *)data += 1;
  return 1;
}

typedef int32_t (*verb)(struct ArrowArrayStream *, const char *, size_t, reknit_watch, void *,
                        struct ArrowArrayStream *, reknit_error *);

static void refused_by(verb asked, producer by, const char *request, int32_t wanted, const char *what) {
  struct ArrowArrayStream in, out;
  reknit_error err = 0;
  int32_t code;
  open_stream(&by, &in);
  code = asked(&in, request, strlen(request), NULL, NULL, &out, &err);
  check(is_error(code, wanted, &out, err), what);
  check(in.release == NULL && all_released(&by), "what a refused stream made is released");
}

static void refused(producer by, const char *request, int32_t wanted, const char *what) {
  refused_by(reknit_resolve_arrow, by, request, wanted, what);
}

static void refused_texts(producer by, const char *request, int32_t wanted, const char *what) {
  refused_by(reknit_annotate_arrow, by, request, wanted, what);
}

int main(void) {
  producer good = {"u", 0, 0, 0, 0, 0, 0}, lists = {"+l", 0, 0, 0, 0, 0, 0};
  producer unknown = {"?", 0, 0, 0, 0, 0, 0};
  producer bad = {"u", 1, 0, 0, 0, 0, 0}, broken = {"u", 0, 1, 0, 0, 0, 0};
  producer by = good;
  struct ArrowArrayStream in, out;
  reknit_error err = 0;
  int32_t code;
  int calls = 0;

  open_stream(&by, &in);
  code = reknit_resolve_arrow(&in, "{}", 2, NULL, NULL, &out, &err);
  check(code == REKNIT_STATUS_OK && err == 0, "a stream is resolved");
  check(in.release == NULL, "the stream is used up");
  if (code == REKNIT_STATUS_OK) {
    read_people(&out);
    out.release(&out);
  }
  check(all_released(&by), "what the producer made is released");

  memset(&in, 0, sizeof in);
  code = reknit_resolve_arrow(&in, "{}", 2, NULL, NULL, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, &out, err), "a released stream is refused");
  by = good;
  open_stream(&by, &in);
  in.get_next = NULL;
  code = reknit_resolve_arrow(&in, "{}", 2, NULL, NULL, &out, &err);
  check(is_error(code, REKNIT_STATUS_INPUT, &out, err) && all_released(&by), "half a stream is refused");

  by = good;
  open_stream(&by, &in);
  check(reknit_resolve_arrow(NULL, "{}", 2, NULL, NULL, &out, NULL) == REKNIT_STATUS_INPUT, "NULL in");
  check(reknit_resolve_arrow(&in, "{}", 2, NULL, NULL, NULL, NULL) == REKNIT_STATUS_INPUT, "NULL out");
  check(by.streams == 1, "a stream that was not taken stays the caller's");
  code = reknit_resolve_arrow(&in, "{}", 2, stop, &calls, &out, &err);
  check(is_error(code, REKNIT_STATUS_CANCELLED, &out, err) && calls == 1, "a callback stops it");
  check(all_released(&by), "a stopped call releases its stream");

  refused(good, "{\"x\": 1}", REKNIT_STATUS_INPUT, "an unknown key is refused");
  refused(good, "{\"config\": {\"threshold\": 7}}", REKNIT_STATUS_CONFIG, "a wrong config is refused");
  refused(bad, "{}", REKNIT_STATUS_INPUT, "text that is no UTF-8 is refused");
  refused(broken, "{}", REKNIT_STATUS_INPUT, "a stream that fails is refused");
  refused(unknown, "{}", REKNIT_STATUS_INPUT, "a schema of no known type is refused");
  refused(lists, "{}", REKNIT_STATUS_INPUT, "a list without its child is refused");

  annotated(good, "{\"column\": \"name\", \"models\": [\"sentiment\"]}");
  annotated(bad, "{\"column\": \"name\", \"models\": [\"sentiment\"]}");
  annotated_by_kept(good);
  annotated(broken, "{\"column\": \"name\", \"models\": [\"sentiment\"]}");
  refused_texts(good, "{\"models\": [\"spam\"]}", REKNIT_STATUS_INPUT, "a column that is not there is refused");
  refused_texts(good, "{\"column\": 3, \"models\": [\"spam\"]}", REKNIT_STATUS_INPUT, "a column has a name");
  refused_texts(good, "{\"column\": \"name\", \"models\": [\"x\"]}", REKNIT_STATUS_NOT_FOUND, "nor a stranger");

  printf("C: %u passed, %u failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
