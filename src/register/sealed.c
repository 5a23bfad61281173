/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/sealed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "register/field_finish.h"
#include "register/register_file.h"
#include "register/sealed_state.h"

DEFINE_CLEANUP(struct reg *, reg_free)
DEFINE_CLEANUP(struct sealed *, sealed_free)

struct sealed *sealed_free(struct sealed *sealed)
{
    if (!sealed)
        return NULL;
    sealed_check_clear(&sealed->check);
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
    free(sealed->asked_for);
    free(sealed->holds);
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
    if (!sealed_check_init(&sealed->check))
        return sealed_free(sealed);
    sealed->threads = pool_processors();
    sealed->scratch = alloc_zeroed(sealed->threads, sizeof(*sealed->scratch));
    for (unsigned i = 0; sealed->scratch && i < sealed->threads; i++) {
        sealed->scratch[i] = alloc_resize(NULL, SEALED_SCRATCH_BYTES, 1);
        if (!sealed->scratch[i])
            return sealed_free(sealed);
    }
    return sealed->scratch ? sealed : sealed_free(sealed);
}

/* What is asked for goes before the check of the whole file. */
static void lock(struct sealed *sealed)
{
    sealed_begin(sealed);
    (void)pthread_mutex_lock(&sealed->lock);
}

static void unlock(struct sealed *sealed)
{
    (void)pthread_mutex_unlock(&sealed->lock);
    sealed_end(sealed);
}

/* ---- reading arrays ---- */

/* One step: open a chunk into its array. */
struct step {
    uint64_t chunk;
    const struct stored_array *array;
    size_t first, count;
};

/*
 * Arrays to be read. Some are coded against others, which are read before: level by level, all
 * chunks of a level at once.
 */
struct round {
    struct sealed *sealed;
    const struct reg *reg;
    bool *queued;       /* owned, by array */
    bool *held;         /* owned, by array: as others are coded against it, until the end */
    struct step *steps; /* owned: of the present level */
    size_t count, capacity;
};

void sealed_drop(struct sealed *sealed, const struct reg *reg, size_t number)
{
    const struct stored_array *array = &sealed->layout.arrays[number];

    if (!sealed->in_memory[number] || sealed->asked_for[number] || sealed->holds[number] > 0)
        return;
    register_file_release(reg->file, stored_get(reg, array));
    stored_set(reg, array, NULL);
    sealed->in_memory[number] = false;
}

static void round_clear_cleanup(struct round *round)
{
    for (size_t i = 0; round->held && i < round->sealed->layout.count; i++) {
        round->sealed->holds[i] -= round->held[i];
        if (round->held[i])
            sealed_drop(round->sealed, round->reg, i);
    }
    free(round->steps);
    free(round->queued);
    free(round->held);
}

static int round_init(struct round *round, struct sealed *sealed, const struct reg *reg,
                      struct tq_error *err)
{
    round->sealed = sealed;
    round->reg = reg;
    round->queued = alloc_zeroed(sealed->layout.count + 1, sizeof(*round->queued));
    round->held = alloc_zeroed(sealed->layout.count + 1, sizeof(*round->held));
    return round->queued && round->held ? TQ_OK : tq_no_memory(err);
}

/* Memory for an array, if it has none; queue it to be read, if it was not. */
static int queue(struct round *round, size_t number, struct tq_error *err)
{
    const struct stored_array *array = &round->sealed->layout.arrays[number];

    if (round->sealed->in_memory[number])
        return TQ_OK;
    if (!stored_get(round->reg, array)) {
        const void *memory =
            register_file_array(round->reg->file, (size_t)array->items, array->size);

        if (!memory)
            return tq_no_memory(err);
        stored_set(round->reg, array, memory);
    }
    round->queued[number] = true;
    return TQ_OK;
}

/* An array that stays in memory from now on. */
static int ask_for(struct round *round, size_t number, struct tq_error *err)
{
    round->sealed->asked_for[number] = true;
    return queue(round, number, err);
}

/* Hold an array until the end of the round. */
static int hold(struct round *round, size_t number, struct tq_error *err)
{
    if (round->held[number])
        return TQ_OK;
    round->held[number] = true;
    round->sealed->holds[number]++;
    return queue(round, number, err);
}

static int hold_needed(struct round *round, const struct stored_array *array, struct tq_error *err)
{
    for (unsigned i = 0; i < STORED_NEEDED; i++) {
        int r = array->needed[i] == NO_ARRAY ? TQ_OK : hold(round, array->needed[i], err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* What queued arrays are coded against, too. They are earlier in the layout. */
static int queue_needed(struct round *round, struct tq_error *err)
{
    for (size_t i = round->sealed->layout.count; i-- > 0;) {
        int r =
            round->queued[i] ? hold_needed(round, &round->sealed->layout.arrays[i], err) : TQ_OK;

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* The steps for all chunks of an array. */
static int add_steps(struct round *round, const struct stored_array *array, struct tq_error *err)
{
    size_t per_chunk = stored_per_chunk(array), items = (size_t)array->items;
    struct step step = {.chunk = array->first_chunk, .array = array};

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

static int add_level(struct round *round, unsigned level, struct tq_error *err)
{
    const struct seal_layout *layout = &round->sealed->layout;
    int r = TQ_OK;

    round->count = 0;
    for (size_t i = 0; i < layout->count && r == TQ_OK; i++) {
        if (round->queued[i] && layout->arrays[i].level == level)
            r = add_steps(round, &layout->arrays[i], err);
    }
    return r;
}

int sealed_decode(const struct array_code *code, uint64_t chunk, uint64_t first, size_t count,
                  struct slice coded, struct tq_error *err)
{
    if (array_decode(code, (size_t)first, count, (const unsigned char *)coded.data, coded.length))
        return TQ_OK;
    return tq_fail(err, TQ_E_SYNTAX, "chunk %llu is not what the head says",
                   (unsigned long long)chunk);
}

int sealed_unpack_chunk(const struct sealed *sealed, uint64_t number, unsigned char *scratch,
                        struct slice *out_coded, struct tq_error *err)
{
    const struct chunk *chunk = &sealed->chunks[number];
    unsigned char *coded = scratch + SEAL_CHUNK_MAX;
    size_t length = 0;
    int r = sealed_read_bytes(sealed, chunk->at, scratch, chunk->length, err);

    if (r == TQ_OK)
        r = seal_chunk_open(&sealed->header, &sealed->key, number, chunk->last,
                            slice_make((char *)scratch, chunk->length), coded, SEAL_CODED_MAX,
                            &length, scratch, err);
    if (r == TQ_OK)
        *out_coded = slice_make((char *)coded, length);
    return r;
}

/* Read a chunk and decode it into `out`. */
static int open_chunk(const struct sealed *sealed, const struct reg *reg, const struct step *step,
                      void *out, unsigned char *scratch, struct tq_error *err)
{
    struct array_code code;
    struct slice coded;
    int r = sealed_unpack_chunk(sealed, step->chunk, scratch, &coded, err);

    if (r < 0)
        return r;
    stored_code(reg, &sealed->layout, step->array, &code);
    code.items = out;
    return sealed_decode(&code, step->chunk, step->first, step->count, coded, err);
}

static int take_step(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    const struct round *round = state;
    const struct sealed *sealed = round->sealed;
    const struct step *step = &round->steps[index];
    unsigned char *items = (unsigned char *)(uintptr_t)stored_get(round->reg, step->array);

    items += step->first * step->array->size;
    alloc_fetch(items, step->count * step->array->size);
    return open_chunk(sealed, round->reg, step, items, sealed->scratch[thread], err);
}

static bool rises(const uint32_t *offsets, uint64_t items, uint64_t last)
{
    for (uint64_t i = 1; i < items; i++) {
        if (offsets[i - 1] > offsets[i])
            return false;
    }
    return offsets[0] == 0 && offsets[items - 1] == last;
}

/* Offsets must be right before anything is looked up by them. */
static int check_offsets(const struct round *round, size_t number, struct tq_error *err)
{
    const struct sealed *sealed = round->sealed;
    const struct stored_array *array = &sealed->layout.arrays[number];
    const uint32_t *offsets = stored_get(round->reg, array);
    const struct field_shape *shape = &sealed->shapes.fields[array->number];
    uint64_t last;

    switch (array->which) {
    case STORED_START:
        last = shape->items[STORED_FACT_VALUE];
        break;
    case STORED_VALUE_TEXT:
        last = shape->items[STORED_VALUE_BYTES];
        break;
    case STORED_KEY_TEXT:
        last = shape->items[STORED_KEY_BYTES];
        break;
    case STORED_SUBJECT_TEXT:
        last = sealed->shapes.kinds[array->number].bytes;
        break;
    default:
        return TQ_OK;
    }
    if (rises(offsets, array->items, last))
        return TQ_OK;
    if (array->which == STORED_SUBJECT_TEXT)
        return tq_fail(err, TQ_E_SYNTAX, "kind '%s': keys out of order",
                       round->reg->kinds[array->number].name);
    return tq_fail(err, TQ_E_SYNTAX, "field '%s': %s out of order",
                   round->reg->fields[array->number].name,
                   array->which == STORED_START ? "facts" : "values");
}

static int read_level(struct round *round, unsigned level, struct tq_error *err)
{
    const struct sealed *sealed = round->sealed;
    int r = add_level(round, level, err);

    if (r < 0)
        return r;
    r = pool_run(sealed->threads, round->count, take_step, round, err);
    for (size_t i = 0; i < sealed->layout.count && r == TQ_OK; i++) {
        if (round->queued[i] && sealed->layout.arrays[i].level == level)
            r = check_offsets(round, i, err);
    }
    return r;
}

/* Read all that is queued and what it needs. */
static int read_arrays(struct round *round, struct tq_error *err)
{
    struct sealed *sealed = round->sealed;
    int r = queue_needed(round, err);

    for (unsigned level = 0; level < sealed->layout.level_count && r == TQ_OK; level++)
        r = read_level(round, level, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < sealed->layout.count; i++)
        sealed->in_memory[i] |= round->queued[i];
    return TQ_OK;
}

/* ---- which arrays ---- */

/* An array without items is not in the file, but its field has it. */
static const void *empty_array(const struct round *round, uint16_t number, unsigned which)
{
    struct stored_array array = {.number = number, .which = (uint8_t)which};
    const void *memory = stored_get(round->reg, &array);

    return memory ? memory : register_file_array(round->reg->file, 0, 1);
}

/* Memory for an array of a field, at its owner's and at the field's; queue it to be read. */
static int want_array(struct round *round, uint16_t number, unsigned which, struct tq_error *err)
{
    const struct sealed *sealed = round->sealed;
    struct stored_array array = {.number = number, .which = (uint8_t)which};
    size_t found = seal_layout_find(&sealed->layout, sealed->shapes.fields, number, which);
    const void *memory;
    int r;

    if (!sealed->shapes.fields[number].has[which])
        return TQ_OK;
    if (found == NO_ARRAY) {
        memory = empty_array(round, number, which);
        if (!memory)
            return tq_no_memory(err);
    } else {
        r = ask_for(round, found, err);
        if (r < 0)
            return r;
        memory = stored_get(round->reg, &sealed->layout.arrays[found]);
    }
    if (stored_get(round->reg, &array) != memory) /* others may be reading it */
        stored_set(round->reg, &array, memory);
    return TQ_OK;
}

/* The keys of a kind's subjects. */
static int want_subjects(struct round *round, uint8_t number, struct tq_error *err)
{
    const struct sealed *sealed = round->sealed;
    struct kind *kind = &round->reg->kinds[number];

    for (unsigned which = STORED_SUBJECT_TEXT; which <= STORED_SUBJECT_BYTES; which++) {
        size_t found = seal_layout_find(&sealed->layout, sealed->shapes.fields, number, which);
        int r = found == NO_ARRAY ? TQ_OK : ask_for(round, found, err);

        if (r < 0)
            return r;
    }
    if (!kind->subject_bytes) /* no subject, or one without a name */
        kind->subject_bytes = register_file_array(round->reg->file, 0, 1);
    return kind->subject_bytes ? TQ_OK : tq_no_memory(err);
}

/* The part that an array belongs to, without those that come before it. */
unsigned sealed_part_of(unsigned which)
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
    int r = TQ_OK;

    if (parts & FIELD_DICTIONARY && round->sealed->shapes.fields[number].subject_values)
        r = want_subjects(round, round->reg->fields[number].kind, err);
    for (unsigned which = 0; which < STORED_COUNT && r == TQ_OK; which++)
        r = sealed_part_of(which) & parts ? want_array(round, number, which, err) : TQ_OK;
    return r;
}

/* Identifiers that number the subjects have their dictionary; where values are written as they are
 * compared there is one for both. */
static void share_texts(const struct sealed *sealed, const struct reg *reg, struct field *field,
                        uint16_t number)
{
    const struct field_shape *shape = &sealed->shapes.fields[number];

    if (shape->subject_values) {
        field->value_text = reg->kinds[field->kind].subject_text;
        field->value_bytes = reg->kinds[field->kind].subject_bytes;
    }
    if (!shape->has[STORED_KEY_TEXT]) {
        field->key_text = field->value_text;
        field->key_bytes = field->value_bytes;
    }
}

/* ---- piece by piece ---- */

bool sealed_has(const struct sealed *sealed, uint16_t field, unsigned which)
{
    return which >= STORED_COUNT || sealed->shapes.fields[field].has[which];
}

uint64_t sealed_items(const struct sealed *sealed, uint16_t field, unsigned which)
{
    return sealed->shapes.fields[field].items[which];
}

bool sealed_has_subject_values(const struct sealed *sealed, uint16_t field)
{
    return sealed->shapes.fields[field].subject_values;
}

bool sealed_has_values_as_keys(const struct sealed *sealed, uint16_t field)
{
    const struct field_shape *shape = &sealed->shapes.fields[field];

    return !shape->has[STORED_KEY_TEXT] && !shape->has[STORED_VALUE_KEY];
}

int sealed_hold(struct sealed *sealed, const struct reg *reg, uint16_t field, unsigned which,
                struct tq_error *err)
{
    size_t number = seal_layout_find(&sealed->layout, sealed->shapes.fields, field, which);
    struct round round = {0};
    int r;

    if (number == NO_ARRAY)
        return TQ_OK;
    lock(sealed);
    r = round_init(&round, sealed, reg, err);
    if (r == TQ_OK)
        r = hold_needed(&round, &sealed->layout.arrays[number], err);
    if (r == TQ_OK)
        r = read_arrays(&round, err);
    for (unsigned i = 0; i < STORED_NEEDED && r == TQ_OK; i++) {
        size_t needed = sealed->layout.arrays[number].needed[i];

        if (needed != NO_ARRAY)
            sealed->holds[needed]++;
    }
    round_clear_cleanup(&round);
    unlock(sealed);
    return r;
}

void sealed_let_go(struct sealed *sealed, const struct reg *reg, uint16_t field, unsigned which)
{
    size_t number = seal_layout_find(&sealed->layout, sealed->shapes.fields, field, which);

    if (number == NO_ARRAY)
        return;
    lock(sealed);
    for (unsigned i = 0; i < STORED_NEEDED; i++) {
        size_t needed = sealed->layout.arrays[number].needed[i];

        if (needed == NO_ARRAY)
            continue;
        sealed->holds[needed]--;
        sealed_drop(sealed, reg, needed);
    }
    unlock(sealed);
}

int sealed_read_piece(const struct sealed *sealed, const struct reg *reg, uint16_t field,
                      unsigned which, uint64_t first, unsigned char *scratch, void *out,
                      uint64_t *out_first, uint64_t *out_count, struct tq_error *err)
{
    const struct stored_array *array =
        &sealed->layout
             .arrays[seal_layout_find(&sealed->layout, sealed->shapes.fields, field, which)];
    size_t per_chunk = stored_per_chunk(array), number = (size_t)(first / per_chunk);
    uint64_t left = array->items - number * per_chunk;
    struct step step = {.chunk = array->first_chunk + number,
                        .array = array,
                        .first = number * per_chunk,
                        .count = left < per_chunk ? (size_t)left : per_chunk};
    int r = open_chunk(sealed, reg, &step, out, scratch, err);

    if (r < 0)
        return r;
    *out_first = step.first;
    *out_count = step.count;
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

static int check_values(const struct reg *reg, const struct field *field, struct tq_error *err)
{
    uint32_t targets = field->type == TYPE_REF ? reg->kinds[field->ref_kind].subject_count : 0;

    if (field->fingerprints_only && !fingerprints_rise(field))
        return tq_fail(err, TQ_E_SYNTAX, "field '%s': fingerprints out of order", field->name);
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
    share_texts(finish->sealed, finish->reg, field, number);
    r = check_values(finish->reg, field, err);
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
    r = read_arrays(&round, &cause);
    if (r == TQ_OK)
        r = pool_run(sealed->threads, count, finish_field, &finish, &cause);
    if (r < 0)
        return tq_fail(err, cause.status, "register '%s': %s", sealed->path, cause.message);
    for (size_t i = 0; i < count; i++)
        (void)atomic_fetch_or_explicit(&sealed->parts[fields[i]], parts, memory_order_release);
    return TQ_OK;
}

int sealed_load(struct sealed *sealed, const struct reg *reg, const struct field_set *wanted,
                unsigned parts, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    uint16_t *fields = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*fields));
    size_t count = 0;
    int r = TQ_OK;

    if (!fields)
        return tq_no_memory(err);
    lock(sealed);
    for (uint16_t i = 0; i < reg->field_count; i++) {
        if ((!wanted || field_set_has(wanted, i)) && missing(sealed, i, parts))
            fields[count++] = i;
    }
    if (count > 0)
        r = load(sealed, reg, fields, count, parts, err);
    unlock(sealed);
    return r;
}

int sealed_load_field(struct sealed *sealed, const struct reg *reg, uint16_t number, unsigned parts,
                      struct tq_error *err)
{
    int r = TQ_OK;

    if (!missing(sealed, number, parts))
        return TQ_OK;
    lock(sealed);
    if (missing(sealed, number, parts))
        r = load(sealed, reg, &number, 1, parts, err);
    unlock(sealed);
    return r;
}

/* With the lock held. */
static int load_subjects(struct sealed *sealed, const struct reg *reg, struct tq_error *err)
{
    CLEANUP(round_clear_cleanup) struct round round = {0};
    struct tq_error cause;
    int r = round_init(&round, sealed, reg, err);

    for (uint8_t i = 0; i < reg->kind_count && r == TQ_OK; i++)
        r = want_subjects(&round, i, err);
    if (r < 0)
        return r;
    r = read_arrays(&round, &cause);
    if (r < 0)
        return tq_fail(err, cause.status, "register '%s': %s", sealed->path, cause.message);
    sealed->has_subjects = true;
    return TQ_OK;
}

int sealed_load_subjects(struct sealed *sealed, const struct reg *reg, struct tq_error *err)
{
    int r;

    lock(sealed);
    r = sealed->has_subjects ? TQ_OK : load_subjects(sealed, reg, err);
    unlock(sealed);
    return r;
}

/* ---- opening ---- */

static int open_head(struct sealed *sealed, struct reg **out_reg, struct tq_error *err)
{
    CLEANUP(free_cleanup) unsigned char *head = alloc_zeroed(SEAL_HEAD_BYTES_MAX, 1);
    unsigned char *scratch = sealed->scratch[0];
    struct chunk chunk;
    size_t length = 0;
    int r;

    if (!head)
        return tq_no_memory(err);
    r = sealed_read_bytes(sealed, 0, sealed->header.bytes, SEAL_HEADER_BYTES, err);
    if (r < 0)
        return r;
    r = seal_header_check(&sealed->header, &sealed->key, err);
    if (r < 0)
        return r;
    r = sealed_find_chunk(sealed, 0, SEAL_HEADER_BYTES, &chunk, err);
    if (r < 0)
        return r;
    r = sealed_read_bytes(sealed, chunk.at, scratch, chunk.length, err);
    if (r < 0)
        return r;
    r = seal_chunk_open(&sealed->header, &sealed->key, 0, chunk.last,
                        slice_make((char *)scratch, chunk.length), head, SEAL_HEAD_BYTES_MAX,
                        &length, scratch, err);
    if (r < 0)
        return r;
    return seal_head_read(slice_make((char *)head, length), seal_header_flags(&sealed->header),
                          sealed->key.fingerprint, out_reg, &sealed->shapes, err);
}

static int open_all(struct sealed *sealed, const char *path, struct reg **out_reg,
                    struct tq_error *err)
{
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    int r = sealed_open_file(sealed, path, err);

    if (r < 0)
        return r;
    r = open_head(sealed, &reg, err);
    if (r < 0)
        return r;
    r = seal_layout_make(reg, sealed->shapes.kinds, sealed->shapes.fields, &sealed->layout, err);
    if (r < 0)
        return r;
    sealed->in_memory = alloc_zeroed(sealed->layout.count + 1, sizeof(*sealed->in_memory));
    sealed->asked_for = alloc_zeroed(sealed->layout.count + 1, sizeof(*sealed->asked_for));
    sealed->holds = alloc_zeroed(sealed->layout.count + 1, sizeof(*sealed->holds));
    sealed->parts = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*sealed->parts));
    if (!sealed->in_memory || !sealed->asked_for || !sealed->holds || !sealed->parts)
        return tq_no_memory(err);
    r = sealed_find_chunks(sealed, err);
    if (r < 0)
        return r;
    r = sealed_check_start(sealed, err);
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
