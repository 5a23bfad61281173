/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/sealed.h"

#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/pool.h"
#include "register/field_finish.h"
#include "register/register_file.h"
#include "register/seal_head.h"

#define NO_ARRAY      SIZE_MAX
#define CHECK_THREADS 2u /* one hashes the file, one authenticates its chunks */

DEFINE_CLEANUP(struct reg *, reg_free)
DEFINE_CLEANUP(struct sealed *, sealed_free)

/* Where the sealed bytes of a chunk are. */
struct chunk {
    uint64_t at;
    uint32_t length;
    bool last;
};

/* The check of the whole file, which goes on while the register is used. */
struct check {
    pthread_t thread;
    bool started;
    atomic_bool stop;                      /* nobody wants the answer any more */
    unsigned char *scratch[CHECK_THREADS]; /* owned */

    pthread_mutex_t lock; /* guards what follows, once it has started */
    bool ended;
    uint8_t digest[SHA256_BYTES];
    struct tq_error err; /* status TQ_OK: all is well */
};

struct sealed {
    char *path; /* owned; for messages */
    struct check check;
    int fd;
    uint64_t size_bytes;
    struct seal_header header;
    struct seal_key key;
    struct seal_shapes shapes;
    struct seal_layout layout;
    struct chunk *chunks; /* owned; layout.chunk_count of them */

    pthread_mutex_t lock; /* guards what follows */
    unsigned threads;
    unsigned char **scratch; /* owned, by thread: a sealed chunk, then what opening one needs */
    bool *in_memory;         /* owned, by array of the layout */
    atomic_uint *parts;      /* owned, by field: those in memory; read without the lock */
};

/* Stop the check if it is under way. */
static void check_clear(struct check *check)
{
    atomic_store(&check->stop, true);
    if (check->started && !check->ended)
        (void)pthread_join(check->thread, NULL);
    for (unsigned i = 0; i < CHECK_THREADS; i++)
        free(check->scratch[i]);
    (void)pthread_mutex_destroy(&check->lock);
}

struct sealed *sealed_free(struct sealed *sealed)
{
    if (!sealed)
        return NULL;
    check_clear(&sealed->check);
    if (sealed->fd >= 0)
        (void)close(sealed->fd);
    seal_key_clear(&sealed->key);
    seal_shapes_clear(&sealed->shapes);
    seal_layout_clear(&sealed->layout);
    for (unsigned i = 0; sealed->scratch && i < sealed->threads; i++)
        free(sealed->scratch[i]);
    free(sealed->scratch);
    free(sealed->chunks);
    free(sealed->in_memory);
    free(sealed->parts);
    free(sealed->path);
    (void)pthread_mutex_destroy(&sealed->lock);
    free(sealed);
    return NULL;
}

/* NULL when memory runs out. */
static struct sealed *sealed_new(void)
{
    struct sealed *sealed = alloc_zeroed(1, sizeof(*sealed));

    if (!sealed)
        return NULL;
    sealed->fd = -1;
    (void)pthread_mutex_init(&sealed->lock, NULL);
    (void)pthread_mutex_init(&sealed->check.lock, NULL);
    for (unsigned i = 0; i < CHECK_THREADS; i++) {
        sealed->check.scratch[i] = alloc_resize(NULL, SEAL_CHUNK_MAX, 1);
        if (!sealed->check.scratch[i])
            return sealed_free(sealed);
    }
    sealed->threads = pool_processors();
    sealed->scratch = alloc_zeroed(sealed->threads, sizeof(*sealed->scratch));
    for (unsigned i = 0; sealed->scratch && i < sealed->threads; i++) {
        sealed->scratch[i] = alloc_resize(NULL, 3 * SEAL_CHUNK_MAX, 1);
        if (!sealed->scratch[i])
            return sealed_free(sealed);
    }
    return sealed->scratch ? sealed : sealed_free(sealed);
}

/* ---- the file ---- */

/* A register that comes through a pipe: kept in memory, so that it can be read anywhere. */
static int keep_in_memory(int from, int *out_fd, struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = memfd_create("register", MFD_CLOEXEC);
    CLEANUP(free_cleanup) char *block = alloc_resize(NULL, SEAL_PIECE_BYTES, 1);
    size_t got = SEAL_PIECE_BYTES;

    if (!block)
        return tq_no_memory(err);
    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not make a file in memory: %s", strerror(errno));
    while (got == SEAL_PIECE_BYTES) {
        int r = file_read(from, block, SEAL_PIECE_BYTES, &got, err);

        if (r == TQ_OK)
            r = file_write(fd, block, got, err);
        if (r < 0)
            return r;
    }
    *out_fd = fd;
    fd = -1;
    return TQ_OK;
}

static int open_file(struct sealed *sealed, const char *path, struct tq_error *err)
{
    struct stat status;

    sealed->fd = file_open(path);
    if (sealed->fd < 0)
        return tq_fail(err, TQ_E_IO, "could not be opened: %s", strerror(errno));
    if (fstat(sealed->fd, &status) == 0 && !S_ISREG(status.st_mode)) {
        int copy = -1, r = keep_in_memory(sealed->fd, &copy, err);

        if (r < 0)
            return r;
        (void)close(sealed->fd);
        sealed->fd = copy;
    }
    if (fstat(sealed->fd, &status) < 0)
        return tq_fail(err, TQ_E_IO, "could not be read: %s", strerror(errno));
    sealed->size_bytes = (uint64_t)status.st_size;
    return TQ_OK;
}

static int read_exactly(const struct sealed *sealed, uint64_t at, void *data, size_t length,
                        struct tq_error *err)
{
    size_t got;
    int r = file_read_at(sealed->fd, at, data, length, &got, err);

    if (r < 0)
        return r;
    return got == length ? TQ_OK : tq_fail(err, TQ_E_SYNTAX, "cut short");
}

/* Find where chunk `number` is, which begins at `at`. */
static int find_chunk(const struct sealed *sealed, uint64_t number, uint64_t at,
                      struct chunk *out_chunk, struct tq_error *err)
{
    uint32_t length;
    int r = read_exactly(sealed, at, &length, sizeof(length), err);

    if (r < 0)
        return r;
    length = le32toh(length);
    *out_chunk = (struct chunk){
        .at = at + sizeof(length), .length = length & ~SEAL_LAST, .last = length & SEAL_LAST};
    if (out_chunk->length > SEAL_CHUNK_MAX)
        return tq_fail(err, TQ_E_KEY, "chunk %llu was changed", (unsigned long long)number);
    if (out_chunk->at + out_chunk->length > sealed->size_bytes)
        return tq_fail(err, TQ_E_SYNTAX, "cut short");
    return TQ_OK;
}

static int find_chunks(struct sealed *sealed, struct tq_error *err)
{
    uint64_t at = SEAL_HEADER_BYTES, count = sealed->layout.chunk_count;

    /* Each chunk takes more than its length: a head that makes no sense cannot ask for more. */
    if (count > sealed->size_bytes / sizeof(uint32_t))
        return tq_fail(err, TQ_E_SYNTAX, "cut short");
    sealed->chunks = alloc_zeroed((size_t)count, sizeof(*sealed->chunks));
    if (!sealed->chunks)
        return tq_no_memory(err);
    for (uint64_t i = 0; i < count; i++) {
        struct chunk *chunk = &sealed->chunks[i];
        int r = find_chunk(sealed, i, at, chunk, err);

        if (r < 0)
            return r;
        if (chunk->last && i + 1 < count)
            return tq_fail(err, TQ_E_SYNTAX, "has fewer chunks than its head says");
        at = chunk->at + chunk->length;
    }
    if (!sealed->chunks[count - 1].last)
        return tq_fail(err, TQ_E_SYNTAX, "has more chunks than its head says");
    if (at < sealed->size_bytes)
        return tq_fail(err, TQ_E_SYNTAX, "something follows its last chunk");
    return TQ_OK;
}

/* ---- reading arrays ---- */

/* One step: open a chunk into its array. */
struct step {
    uint64_t chunk;
    struct section section;
    size_t first, count;
};

struct round {
    struct sealed *sealed;
    const struct reg *reg;
    struct step *steps; /* owned */
    size_t count, capacity;
    bool *queued; /* owned, by array */
};

static void round_clear_cleanup(struct round *round)
{
    free(round->steps);
    free(round->queued);
}

static int round_init(struct round *round, struct sealed *sealed, const struct reg *reg,
                      struct tq_error *err)
{
    round->sealed = sealed;
    round->reg = reg;
    round->queued = alloc_zeroed(sealed->layout.count + 1, sizeof(*round->queued));
    return round->queued ? TQ_OK : tq_no_memory(err);
}

/* The steps for all chunks of an array. */
static int queue(struct round *round, size_t number, struct tq_error *err)
{
    const struct stored_array *array = &round->sealed->layout.arrays[number];
    size_t per_chunk = SEAL_PIECE_BYTES / array->size, items = (size_t)array->items;
    struct step step = {.chunk = array->first_chunk,
                        .section = {.count = items, .size = array->size, .delta = array->delta}};

    if (round->queued[number] || round->sealed->in_memory[number])
        return TQ_OK;
    step.section.data = (unsigned char *)(uintptr_t)stored_get(round->reg, array);
    round->queued[number] = true;
    for (; step.first < items; step.first += per_chunk) {
        int r = alloc_reserve(&round->steps, &round->capacity, round->count + 1,
                              sizeof(*round->steps), err);

        if (r < 0)
            return r;
        step.count = items - step.first < per_chunk ? items - step.first : per_chunk;
        round->steps[round->count++] = step;
        step.chunk++;
    }
    return TQ_OK;
}

static int take_step(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct round *round = state;
    const struct sealed *sealed = round->sealed;
    const struct step *step = &round->steps[index];
    const struct chunk *chunk = &sealed->chunks[step->chunk];
    unsigned char *scratch = sealed->scratch[thread];
    struct slice bytes = slice_make((char *)scratch, chunk->length);
    int r = read_exactly(sealed, chunk->at, scratch, chunk->length, err);

    if (r < 0)
        return r;
    alloc_fetch(step->section.data + step->first * step->section.size,
                step->count * step->section.size);
    return seal_chunk_open(&sealed->header, &sealed->key, step->chunk, chunk->last, bytes,
                           &step->section, step->first, step->count, scratch + SEAL_CHUNK_MAX, err);
}

static void keep_arrays(struct round *round)
{
    for (size_t i = 0; i < round->sealed->layout.count; i++)
        round->sealed->in_memory[i] |= round->queued[i];
}

/* ---- which arrays ---- */

/* Number of an array in the layout; NO_ARRAY: it is empty, or the field has none of its own. */
static size_t find_array(const struct seal_layout *layout, uint16_t field, unsigned which)
{
    for (size_t i = layout->field_first[field]; i < layout->field_first[field + 1]; i++) {
        if (layout->arrays[i].which == which)
            return i;
    }
    return NO_ARRAY;
}

/* Memory for an array of a field, at its owner's and at the field's; queue it to be read. */
static int want_array(struct round *round, uint16_t number, unsigned which, struct tq_error *err)
{
    const struct field_shape *shape = &round->sealed->shapes.fields[number];
    uint16_t owner = which < SHARE_COUNT ? shape->owner[which] : number;
    struct stored_array array = {.number = owner, .which = (uint8_t)which};
    size_t found = find_array(&round->sealed->layout, owner, which);
    const void *memory;

    if (!shape->has[which])
        return TQ_OK;
    memory = stored_get(round->reg, &array);
    if (!memory) {
        bool empty = found == NO_ARRAY;

        memory = register_file_array(round->reg->file, empty ? 0 : (size_t)shape->items[which],
                                     empty ? 1 : round->sealed->layout.arrays[found].size);
        if (!memory)
            return tq_no_memory(err);
        stored_set(round->reg, &array, memory);
    }
    array.number = number;
    if (stored_get(round->reg, &array) != memory) /* others may be reading it */
        stored_set(round->reg, &array, memory);
    return found == NO_ARRAY ? TQ_OK : queue(round, found, err);
}

/* The part that an array belongs to, without those that come before it. */
static unsigned part_of(unsigned which)
{
    switch (which) {
    case STORED_START:
    case SHARE_PERIOD:
    case STORED_FACT_VALUE:
        return FIELD_HELD & ~FIELD_DICTIONARY;
    default:
        return which < STORED_FACTS_END ? FIELD_TIMES & ~FIELD_DICTIONARY : FIELD_DICTIONARY;
    }
}

/* All arrays of some parts. */
static int want_parts(struct round *round, uint16_t number, unsigned parts, struct tq_error *err)
{
    for (unsigned which = 0; which < STORED_COUNT; which++) {
        int r = part_of(which) & parts ? want_array(round, number, which, err) : TQ_OK;

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* Where values are written as they are compared there is one dictionary for both. */
static void share_texts(const struct sealed *sealed, struct field *field, uint16_t number)
{
    if (sealed->shapes.fields[number].has[STORED_KEY_TEXT])
        return;
    field->key_text = field->value_text;
    field->key_bytes = field->value_bytes;
}

/* ---- piece by piece ---- */

bool sealed_has(const struct sealed *sealed, uint16_t field, unsigned which)
{
    return sealed->shapes.fields[field].has[which];
}

int sealed_read_piece(const struct sealed *sealed, uint16_t field, unsigned which, uint64_t first,
                      unsigned char *scratch, void *out, uint64_t *out_first, uint64_t *out_count,
                      struct tq_error *err)
{
    uint16_t owner = which < SHARE_COUNT ? sealed->shapes.fields[field].owner[which] : field;
    const struct stored_array *array =
        &sealed->layout.arrays[find_array(&sealed->layout, owner, which)];
    uint64_t per_chunk = SEAL_PIECE_BYTES / array->size, number = first / per_chunk;
    uint64_t left = array->items - number * per_chunk;
    const struct chunk *chunk = &sealed->chunks[array->first_chunk + number];
    struct section section = {.data = out, .size = array->size, .delta = array->delta};
    int r = read_exactly(sealed, chunk->at, scratch, chunk->length, err);

    if (r < 0)
        return r;
    section.count = (size_t)(left < per_chunk ? left : per_chunk);
    r = seal_chunk_open(&sealed->header, &sealed->key, array->first_chunk + number, chunk->last,
                        slice_make((char *)scratch, chunk->length), &section, 0, section.count,
                        scratch + SEAL_CHUNK_MAX, err);
    if (r < 0)
        return r;
    *out_first = number * per_chunk;
    *out_count = section.count;
    return TQ_OK;
}

static uint64_t chunk_bytes(const struct chunk *chunk)
{
    return sizeof(uint32_t) + (uint64_t)chunk->length;
}

uint64_t sealed_array_bytes(const struct sealed *sealed, uint16_t number, unsigned which)
{
    const struct seal_layout *layout = &sealed->layout;
    uint64_t bytes = 0;

    for (size_t i = 0; i < layout->count; i++) {
        const struct stored_array *array = &layout->arrays[i];
        uint64_t end = i + 1 < layout->count ? array[1].first_chunk : layout->chunk_count;

        if (array->number != number || array->which != which)
            continue;
        for (uint64_t chunk = array->first_chunk; chunk < end; chunk++)
            bytes += chunk_bytes(&sealed->chunks[chunk]);
    }
    return bytes;
}

uint64_t sealed_file_bytes(const struct sealed *sealed)
{
    return sealed->size_bytes;
}

uint64_t sealed_head_bytes(const struct sealed *sealed)
{
    return SEAL_HEADER_BYTES + chunk_bytes(&sealed->chunks[0]);
}

/* ---- parts of fields ---- */

/* Those of `parts` that are not in memory. */
static unsigned missing(const struct sealed *sealed, uint16_t number, unsigned parts)
{
    return parts & ~atomic_load_explicit(&sealed->parts[number], memory_order_acquire);
}

struct finish {
    const struct sealed *sealed;
    const struct reg *reg;
    const uint16_t *fields;
    unsigned parts;
};

static bool rises(const uint32_t *offsets, size_t count, uint64_t last)
{
    for (size_t i = 0; i < count; i++) {
        if (offsets[i] > offsets[i + 1])
            return false;
    }
    return offsets[0] == 0 && offsets[count] == last;
}

static bool fingerprints_rise(const struct field *field)
{
    uint64_t before = FINGERPRINT_NONE + 1;

    for (uint32_t i = 0; i < field->key_count; i++) {
        if (field->key_fingerprint[i] < before)
            return false;
        before = field->key_fingerprint[i];
    }
    return true;
}

static int check_values(const struct reg *reg, const struct field *field,
                        const struct field_shape *shape, struct tq_error *err)
{
    uint32_t targets = field->type == TYPE_REF ? reg->kinds[field->ref_kind].subject_count : 0;

    if (field->fingerprints_only && !fingerprints_rise(field))
        return tq_fail(err, TQ_E_SYNTAX, "field '%s': fingerprints out of order", field->name);
    if (!rises(field->value_text, field->value_count,
               field->fingerprints_only ? 0 : shape->items[STORED_VALUE_BYTES])
        || (shape->has[STORED_KEY_TEXT]
            && !rises(field->key_text, field->key_count, shape->items[STORED_KEY_BYTES])))
        return tq_fail(err, TQ_E_SYNTAX, "field '%s': values out of order", field->name);
    for (uint32_t k = 0; field->key_subject && k < field->key_count; k++) {
        if (field->key_subject[k] >= targets && field->key_subject[k] != SUBJECT_NONE)
            return tq_fail(err, TQ_E_SYNTAX, "field '%s': reference out of range", field->name);
    }
    return TQ_OK;
}

static int finish_values(const struct finish *finish, struct field *field, uint16_t number,
                         struct tq_error *err)
{
    struct register_file *file = finish->reg->file;
    int r = field->fingerprints_only ? field_without_texts(field, file, err) : TQ_OK;

    if (r < 0)
        return r;
    share_texts(finish->sealed, field, number);
    r = check_values(finish->reg, field, &finish->sealed->shapes.fields[number], err);
    return r < 0 ? r : field_finish_values(finish->reg, field, file, err);
}

/* What follows from what was read. */
static int finish_field(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct finish *finish = state;
    uint16_t number = finish->fields[index];
    struct field *field = &finish->reg->fields[number];
    unsigned parts = missing(finish->sealed, number, finish->parts);
    int r = TQ_OK;

    (void)thread;
    if (parts & FIELD_DICTIONARY)
        r = finish_values(finish, field, number, err);
    if (r == TQ_OK && parts & FIELD_HELD & ~FIELD_DICTIONARY)
        r = field_finish_facts(finish->reg, field, finish->reg->file, err);
    if (r == TQ_OK && parts & FIELD_HOLDERS & ~FIELD_HELD)
        r = field_finish_holders(finish->reg, field, finish->reg->file, err);
    return r;
}

/* With the lock held; all of the fields lack some of the parts. */
static int load(struct sealed *sealed, const struct reg *reg, const uint16_t *fields, size_t count,
                unsigned parts, struct tq_error *err)
{
    CLEANUP(round_clear_cleanup) struct round round = {0};
    struct finish finish = {sealed, reg, fields, parts};
    struct tq_error cause;
    int r = round_init(&round, sealed, reg, err);

    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = want_parts(&round, fields[i], missing(sealed, fields[i], parts), err);
    if (r < 0)
        return r;
    r = pool_run(sealed->threads, round.count, take_step, &round, &cause);
    if (r == TQ_OK) {
        keep_arrays(&round);
        r = pool_run(sealed->threads, count, finish_field, &finish, &cause);
    }
    if (r < 0)
        return tq_fail(err, cause.status, "register '%s': %s", sealed->path, cause.message);
    for (size_t i = 0; i < count; i++)
        (void)atomic_fetch_or_explicit(&sealed->parts[fields[i]], parts, memory_order_release);
    return TQ_OK;
}

int sealed_load(struct sealed *sealed, const struct reg *reg, const bool *wanted, unsigned parts,
                struct tq_error *err)
{
    CLEANUP(free_cleanup)
    uint16_t *fields = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*fields));
    size_t count = 0;
    int r = TQ_OK;

    if (!fields)
        return tq_no_memory(err);
    (void)pthread_mutex_lock(&sealed->lock);
    for (uint16_t i = 0; i < reg->field_count; i++) {
        if ((!wanted || wanted[i]) && missing(sealed, i, parts))
            fields[count++] = i;
    }
    if (count > 0)
        r = load(sealed, reg, fields, count, parts, err);
    (void)pthread_mutex_unlock(&sealed->lock);
    return r;
}

int sealed_load_field(struct sealed *sealed, const struct reg *reg, uint16_t number, unsigned parts,
                      struct tq_error *err)
{
    int r = TQ_OK;

    if (!missing(sealed, number, parts))
        return TQ_OK;
    (void)pthread_mutex_lock(&sealed->lock);
    if (missing(sealed, number, parts))
        r = load(sealed, reg, &number, 1, parts, err);
    (void)pthread_mutex_unlock(&sealed->lock);
    return r;
}

/* ---- the check of the whole file ---- */

static int hash_file(const struct sealed *sealed, const atomic_bool *stop, unsigned char *scratch,
                     uint8_t digest[SHA256_BYTES], struct tq_error *err)
{
    struct sha256 *sha;
    int r = sha256_new(&sha, err);

    if (r < 0)
        return r;
    for (uint64_t at = 0; at < sealed->size_bytes && r == TQ_OK && !atomic_load(stop);
         at += SEAL_PIECE_BYTES) {
        uint64_t left = sealed->size_bytes - at;
        size_t length = left < SEAL_PIECE_BYTES ? (size_t)left : SEAL_PIECE_BYTES;

        r = read_exactly(sealed, at, scratch, length, err);
        if (r == TQ_OK)
            r = sha256_add(sha, scratch, length, err);
    }
    if (r == TQ_OK)
        r = sha256_finish(sha, digest, err);
    (void)sha256_free(sha);
    return r;
}

static int check_chunks(const struct sealed *sealed, const atomic_bool *stop,
                        unsigned char *scratch, struct tq_error *err)
{
    for (uint64_t i = 0; i < sealed->layout.chunk_count && !atomic_load(stop); i++) {
        const struct chunk *chunk = &sealed->chunks[i];
        int r = read_exactly(sealed, chunk->at, scratch, chunk->length, err);

        if (r == TQ_OK)
            r = seal_chunk_check(&sealed->header, &sealed->key, i, chunk->last,
                                 slice_make((char *)scratch, chunk->length), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int check_step(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct sealed *sealed = state;
    struct check *check = &sealed->check;

    if (index == 0)
        return hash_file(sealed, &check->stop, check->scratch[thread], check->digest, err);
    return check_chunks(sealed, &check->stop, check->scratch[thread], err);
}

static void *run_check(void *state)
{
    struct sealed *sealed = state;
    struct tq_error cause;

    sealed->check.err.status = TQ_OK;
    if (pool_run(CHECK_THREADS, CHECK_THREADS, check_step, sealed, &cause) < 0)
        (void)tq_fail(&sealed->check.err, cause.status, "register '%s': %s", sealed->path,
                      cause.message);
    return NULL;
}

static int check_start(struct sealed *sealed, struct tq_error *err)
{
    if (pthread_create(&sealed->check.thread, NULL, run_check, sealed) != 0)
        return tq_fail(err, TQ_E_NOMEM, "a thread could not be started");
    sealed->check.started = true;
    return TQ_OK;
}

int sealed_check_end(struct sealed *sealed, uint8_t out_digest[SHA256_BYTES], struct tq_error *err)
{
    struct check *check = &sealed->check;

    (void)pthread_mutex_lock(&check->lock);
    if (!check->ended)
        (void)pthread_join(check->thread, NULL);
    check->ended = true;
    (void)pthread_mutex_unlock(&check->lock);
    if (check->err.status < 0) {
        *err = check->err;
        return err->status;
    }
    memcpy(out_digest, check->digest, SHA256_BYTES);
    return TQ_OK;
}

/* ---- opening ---- */

/* The keys of the subjects, which are needed to name anybody. */
static int open_subjects(struct sealed *sealed, struct reg *reg, struct tq_error *err)
{
    CLEANUP(round_clear_cleanup) struct round round = {0};
    int r = round_init(&round, sealed, reg, err);

    for (uint8_t i = 0; i < reg->kind_count && r == TQ_OK; i++) {
        const struct kind_shape *shape = &sealed->shapes.kinds[i];

        reg->kinds[i].subject_bytes = register_file_array(reg->file, (size_t)shape->bytes, 1);
        reg->kinds[i].subject_text = register_file_array(reg->file, (size_t)shape->offsets,
                                                         sizeof(*reg->kinds[i].subject_text));
        if (!reg->kinds[i].subject_bytes || !reg->kinds[i].subject_text)
            return tq_no_memory(err);
    }
    for (size_t i = 0; i < sealed->layout.field_first[0] && r == TQ_OK; i++)
        r = queue(&round, i, err);
    if (r == TQ_OK)
        r = pool_run(sealed->threads, round.count, take_step, &round, err);
    if (r < 0)
        return r;
    keep_arrays(&round);
    for (uint8_t i = 0; i < reg->kind_count; i++) {
        const struct kind *kind = &reg->kinds[i];

        if (!rises(kind->subject_text, kind->subject_count, sealed->shapes.kinds[i].bytes))
            return tq_fail(err, TQ_E_SYNTAX, "kind '%s': keys out of order", kind->name);
    }
    return TQ_OK;
}

static int open_head(struct sealed *sealed, struct reg **out_reg, struct tq_error *err)
{
    CLEANUP(free_cleanup) unsigned char *head = alloc_zeroed(SEAL_HEAD_BYTES_MAX, 1);
    unsigned char *scratch = sealed->scratch[0];
    struct chunk chunk;
    size_t length = 0;
    int r;

    if (!head)
        return tq_no_memory(err);
    r = read_exactly(sealed, 0, sealed->header.bytes, SEAL_HEADER_BYTES, err);
    if (r < 0)
        return r;
    r = seal_header_check(&sealed->header, &sealed->key, err);
    if (r < 0)
        return r;
    r = find_chunk(sealed, 0, SEAL_HEADER_BYTES, &chunk, err);
    if (r < 0)
        return r;
    r = read_exactly(sealed, chunk.at, scratch, chunk.length, err);
    if (r < 0)
        return r;
    r = seal_chunk_open_bytes(&sealed->header, &sealed->key, 0, chunk.last,
                              slice_make((char *)scratch, chunk.length), head, SEAL_HEAD_BYTES_MAX,
                              &length, scratch + SEAL_CHUNK_MAX, err);
    if (r < 0)
        return r;
    return seal_head_read(slice_make((char *)head, length), seal_header_flags(&sealed->header),
                          sealed->key.fingerprint, out_reg, &sealed->shapes, err);
}

static int open_all(struct sealed *sealed, const char *path, struct reg **out_reg,
                    struct tq_error *err)
{
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    int r = open_file(sealed, path, err);

    if (r < 0)
        return r;
    r = open_head(sealed, &reg, err);
    if (r < 0)
        return r;
    r = seal_layout_make(reg, sealed->shapes.kinds, sealed->shapes.fields, &sealed->layout, err);
    if (r < 0)
        return r;
    sealed->in_memory = alloc_zeroed(sealed->layout.count + 1, sizeof(*sealed->in_memory));
    sealed->parts = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*sealed->parts));
    if (!sealed->in_memory || !sealed->parts)
        return tq_no_memory(err);
    r = find_chunks(sealed, err);
    if (r < 0)
        return r;
    r = open_subjects(sealed, reg, err);
    if (r == TQ_OK)
        r = check_start(sealed, err);
    if (r < 0)
        return r;
    *out_reg = TAKE(reg);
    return TQ_OK;
}

int reg_open(const char *path, const char *key_path, struct reg **out_reg, struct tq_error *err)
{
    CLEANUP(sealed_free_cleanup) struct sealed *sealed = sealed_new();
    struct tq_error cause;
    int r;

    if (!sealed)
        return tq_no_memory(err);
    r = seal_key_load(key_path, &sealed->key, err);
    if (r < 0)
        return r;
    sealed->path = strdup(path);
    if (!sealed->path)
        return tq_no_memory(err);
    r = open_all(sealed, path, out_reg, &cause);
    if (r < 0)
        return tq_fail(err, cause.status, "register '%s': %s", path, cause.message);
    (*out_reg)->sealed = TAKE(sealed);
    return TQ_OK;
}
