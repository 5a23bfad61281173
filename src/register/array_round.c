/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/array_round.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "register/register_file.h"

void sealed_drop(struct sealed *sealed, const struct reg *reg, size_t number)
{
    const struct stored_array *array = &sealed->layout.arrays[number];

    if (!sealed->in_memory[number] || sealed->asked_for[number] || sealed->holds[number] > 0)
        return;
    register_file_release(reg->file, stored_get(reg, array));
    stored_set(reg, array, NULL);
    sealed->in_memory[number] = false;
}

void array_round_clear(struct array_round *round)
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

int array_round_init(struct array_round *round, struct sealed *sealed, const struct reg *reg,
                     struct tq_error *err)
{
    round->sealed = sealed;
    round->reg = reg;
    round->queued = alloc_zeroed(sealed->layout.count + 1, sizeof(*round->queued));
    round->held = alloc_zeroed(sealed->layout.count + 1, sizeof(*round->held));
    return round->queued && round->held ? TQ_OK : tq_no_memory(err);
}

/* Memory for an array, if it has none; queue it to be read, if it was not. */
static int queue(struct array_round *round, size_t number, struct tq_error *err)
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

int array_round_ask_for(struct array_round *round, size_t number, struct tq_error *err)
{
    round->sealed->asked_for[number] = true;
    return queue(round, number, err);
}

/* Hold an array until the end of the round. */
static int hold(struct array_round *round, size_t number, struct tq_error *err)
{
    if (round->held[number])
        return TQ_OK;
    round->held[number] = true;
    round->sealed->holds[number]++;
    return queue(round, number, err);
}

int array_round_hold_needed(struct array_round *round, const struct stored_array *array,
                            struct tq_error *err)
{
    for (unsigned i = 0; i < STORED_NEEDED; i++) {
        int r = array->needed[i] == NO_ARRAY ? TQ_OK : hold(round, array->needed[i], err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* What queued arrays are coded against, too. They are earlier in the layout. */
static int queue_needed(struct array_round *round, struct tq_error *err)
{
    for (size_t i = round->sealed->layout.count; i-- > 0;) {
        int r = round->queued[i]
                    ? array_round_hold_needed(round, &round->sealed->layout.arrays[i], err)
                    : TQ_OK;

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* The steps for all chunks of an array. */
static int add_steps(struct array_round *round, const struct stored_array *array,
                     struct tq_error *err)
{
    size_t per_chunk = stored_per_chunk(array), items = (size_t)array->items;
    struct array_step step = {.chunk = array->first_chunk, .array = array};

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

static int add_level(struct array_round *round, unsigned level, struct tq_error *err)
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

int array_step_open(const struct sealed *sealed, const struct reg *reg,
                    const struct array_step *step, void *out, unsigned char *scratch,
                    struct tq_error *err)
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
    const struct array_round *round = state;
    const struct sealed *sealed = round->sealed;
    const struct array_step *step = &round->steps[index];
    unsigned char *items = (unsigned char *)(uintptr_t)stored_get(round->reg, step->array);

    items += step->first * step->array->size;
    alloc_fetch(items, step->count * step->array->size);
    return array_step_open(sealed, round->reg, step, items, sealed->scratch[thread], err);
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
static int check_offsets(const struct array_round *round, size_t number, struct tq_error *err)
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

static int read_level(struct array_round *round, unsigned level, struct tq_error *err)
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

int array_round_read(struct array_round *round, struct tq_error *err)
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
