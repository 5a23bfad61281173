/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/view.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "normalise/coarse_date.h"
#include "normalise/redaction.h"
#include "register/dictionary.h"
#include "register/posting.h"
#include "register/short_years.h"

#define BLOCK 256u /* rows between normalising and looking up: stays in the first-level cache */

/*
 * Plain and codebook views use the keys of the field. A re-keyed view has keys of its own, one for
 * each distinct coarser form of the field's values.
 */
struct view {
    const struct reg *reg;
    const struct field *field;
    const struct column_reading *reading;
    struct normaliser rules; /* the register's, with the field's hundred years */
    bool rekeyed;
    struct dictionary keys; /* of a re-keyed view: its canonical forms */
    uint32_t *value_key;    /* by value of the field; KEY_NONE: cannot be read so */
    uint32_t *posting_start;
    uint32_t *posting;
};

DEFINE_CLEANUP(struct view *, view_free)

struct view *view_free(struct view *view)
{
    if (!view)
        return NULL;
    dictionary_clear(&view->keys);
    free(view->value_key);
    free(view->posting_start);
    free(view->posting);
    free(view);
    return NULL;
}

static bool shows_a_part(enum interpretation as)
{
    return as == AS_CUT || as == AS_MASKED;
}

/* The year of a month; of a date what the column shows of it. */
static bool coarser_date(const struct view *view, uint32_t value, struct buf *out)
{
    const struct field *field = view->field;
    const struct column_reading *reading = view->reading;
    int64_t number = canonical_number(field_key_text(field, field_value_key(field, value)));

    if (field->form == FORM_MONTH)
        number /= 12;
    else
        number = coarse_date_of(reading->interpretation, (int32_t)number, reading->age_day);
    buf_empty(out);
    buf_add_u64(out, (uint64_t)number);
    return out->failed == TQ_OK;
}

/* The coarser form of a register value. */
static bool rekey_value(const struct view *view, uint32_t value, struct buf *out)
{
    const struct field *field = view->field;
    enum interpretation as = view->reading->interpretation;

    if (field->fingerprints_only)
        return false;
    if (as == AS_PIECE) {
        buf_empty(out);
        return normalise(&view->rules, AS_TEXT,
                         piece_of(view->reading->value_piece, field_value_text(field, value)), out);
    }
    if (shows_a_part(as)) {
        buf_empty(out);
        return redaction_value(&view->reading->redaction, field->type,
                               field_value_text(field, value), out);
    }
    if (coarse_date_is(as, field->form) || (as == AS_YEAR && field->form == FORM_MONTH))
        return coarser_date(view, value, out);
    buf_empty(out);
    return normalise(&view->rules, as, field_value_text(field, value), out);
}

static int rekey_values(struct view *view, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    uint32_t count = view->field->value_count;

    view->value_key = alloc_resize(NULL, (size_t)count + 1, sizeof(*view->value_key));
    if (!view->value_key)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        int r;

        view->value_key[i] = KEY_NONE;
        if (!rekey_value(view, i, &scratch)) {
            r = buf_check(&scratch, err);
            if (r < 0)
                return r;
            continue;
        }
        r = dictionary_add(&view->keys, buf_slice(&scratch), &view->value_key[i], err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int rekey_postings(struct view *view, struct tq_error *err)
{
    struct posting_source source = {.fact_start = view->field->fact_start,
                                    .subject_count =
                                        view->reg->kinds[view->field->kind].subject_count,
                                    .fact_value = view->field->fact_value,
                                    .value_key = view->value_key,
                                    .key_count = view->keys.count};
    int r;

    view->posting_start = alloc_zeroed((size_t)view->keys.count + 1, sizeof(uint32_t));
    if (!view->posting_start)
        return tq_no_memory(err);
    r = posting_count(&source, view->posting_start, err);
    if (r < 0)
        return r;
    view->posting =
        alloc_zeroed((size_t)view->posting_start[view->keys.count] + 1, sizeof(*view->posting));
    if (!view->posting)
        return tq_no_memory(err);
    return posting_fill(&source, view->posting_start, view->posting, err);
}

int view_new(const struct reg *reg, const struct column_reading *reading, struct view **out_view,
             struct tq_error *err)
{
    CLEANUP(view_free_cleanup) struct view *view = alloc_zeroed(1, sizeof(*view));
    enum interpretation as = reading->interpretation;
    int r;

    if (!view)
        return tq_no_memory(err);
    assert(reading->target.field < reg->field_count);
    r = reg_load_field(reg, reading->target.field, FIELD_WHOLE, err);
    if (r == TQ_OK && reading->target.through != FIELD_NONE)
        r = reg_load_field(reg, reading->target.through, FIELD_WHOLE, err);
    if (r < 0)
        return r;
    view->reg = reg;
    view->field = &reg->fields[reading->target.field];
    view->reading = reading;
    view->rules = field_rules(reg, view->field);
    view->rekeyed = shows_a_part(as) || as == AS_PIECE
                    || (as < AS_PLAIN_COUNT && interpretation_form(as) != view->field->form);
    if (view->rekeyed) {
        r = rekey_values(view, err);
        if (r < 0)
            return r;
        r = rekey_postings(view, err);
        if (r < 0)
            return r;
    }
    *out_view = TAKE(view);
    return TQ_OK;
}

/* Key of the codebook for a cell's fingerprint, or KEY_NONE. */
static uint32_t codebook_find(const struct column_reading *reading, uint64_t cell)
{
    uint32_t low = 0, high = reading->codebook_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (reading->codebook[middle].cell == cell)
            return reading->codebook[middle].key;
        if (reading->codebook[middle].cell < cell)
            low = middle + 1;
        else
            high = middle;
    }
    return KEY_NONE;
}

static uint32_t codebook_key(const struct view *view, struct slice cell, struct buf *scratch)
{
    uint64_t print = normalise_fingerprint(&view->rules, AS_CODE, cell, scratch);

    return print == FINGERPRINT_NONE ? KEY_NONE : codebook_find(view->reading, print);
}

/* The cell's canonical form in `scratch`; false if it cannot be read so. */
static bool read_cell(const struct view *view, struct slice cell, struct buf *scratch)
{
    enum interpretation as = view->reading->interpretation;

    buf_empty(scratch);
    if (shows_a_part(as))
        return redaction_cell(&view->reading->redaction, cell, scratch);
    if (coarse_date_is(as, view->field->form))
        return coarse_date_read(&view->rules, as, cell, scratch);
    return normalise(&view->rules, as == AS_PIECE ? AS_TEXT : as, cell, scratch);
}

static uint32_t rekeyed_key(const struct view *view, struct slice cell, struct buf *scratch)
{
    if (!read_cell(view, cell, scratch))
        return KEY_NONE;
    /* TEXT_NONE and KEY_NONE are the same number. */
    return dictionary_find(&view->keys, buf_slice(scratch), dictionary_hash(buf_slice(scratch)));
}

uint32_t view_cell_key(const struct view *view, struct slice cell, struct buf *scratch)
{
    cell = slice_trim(cell);
    if (cell.length == 0)
        return KEY_NONE;
    if (view->reading->interpretation == AS_CODEBOOK)
        return codebook_key(view, cell, scratch);
    if (view->rekeyed)
        return rekeyed_key(view, cell, scratch);
    return field_find_key(
        view->field,
        normalise_fingerprint(&view->rules, view->reading->interpretation, cell, scratch));
}

/* Memo of the cells of one column: towns and employers come again within some hundred rows. */
#define MEMO_SLOTS     1024u
#define MEMO_TRIAL     512u /* cells after which a column that hardly repeats goes on without */
#define MEMO_HIT_SHARE 8u   /* one in so many must have been seen */

struct cell_memo {
    struct slice cells[MEMO_SLOTS]; /* of the batch; a cell takes the place of one before it */
    uint64_t prints[MEMO_SLOTS];
    uint32_t asked, hits;
    bool is_off;
};

/* Chosen collisions cost speed only. */
static size_t memo_slot(struct slice cell)
{
    uint64_t hash = cell.length, word = 0;

    for (; cell.length > sizeof(word); cell = slice_skip(cell, sizeof(word))) {
        memcpy(&word, cell.data, sizeof(word));
        hash = hash_mix(hash ^ word);
    }
    word = 0;
    memcpy(&word, cell.data, cell.length);
    return hash_mix(hash ^ word) % MEMO_SLOTS;
}

/* The fingerprint of a trimmed cell that is not empty. */
static uint64_t memo_print(struct cell_memo *memo, const struct view *view, struct slice cell,
                           struct buf *scratch)
{
    enum interpretation as = view->reading->interpretation;
    size_t slot;

    slot = memo_slot(cell);
    memo->asked++;
    if (slice_equal(memo->cells[slot], cell)) {
        memo->hits++;
        return memo->prints[slot];
    }
    memo->cells[slot] = cell;
    memo->prints[slot] = normalise_fingerprint(&view->rules, as, cell, scratch);
    if (memo->asked == MEMO_TRIAL)
        memo->is_off = memo->hits < memo->asked / MEMO_HIT_SHARE;
    return memo->prints[slot];
}

/* Of trimmed cells; an empty one has none. */
static void print_cells(struct cell_memo *memo, const struct view *view, const struct slice *cells,
                        uint32_t count, struct buf *scratch, uint64_t *out_prints)
{
    if (memo->is_off) {
        normalise_fingerprints(&view->rules, view->reading->interpretation, cells, count, scratch,
                               out_prints);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        out_prints[i] =
            cells[i].length == 0 ? FINGERPRINT_NONE : memo_print(memo, view, cells[i], scratch);
}

/* Plain cells: normalise a block, then look it up in a pass of its own. */
static void plain_keys(const struct view *view, const struct batch *batch, uint32_t column,
                       uint32_t *out_keys, struct buf *scratch)
{
    struct cell_memo memo = {0};
    struct slice cells[BLOCK];
    uint64_t prints[BLOCK];

    for (uint32_t at = 0; at < batch->row_count; at += BLOCK) {
        uint32_t count = batch->row_count - at < BLOCK ? batch->row_count - at : BLOCK;

        for (uint32_t i = 0; i < count; i++)
            cells[i] = slice_trim(column_cell(view->reading, batch, at + i, column));
        print_cells(&memo, view, cells, count, scratch, prints);
        field_find_keys(view->field, prints, count, out_keys + at);
    }
}

int view_batch_keys(const struct view *view, const struct batch *batch, uint32_t column,
                    uint32_t *out_keys, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};

    if (view->rekeyed || view->reading->interpretation == AS_CODEBOOK) {
        for (uint32_t i = 0; i < batch->row_count; i++)
            out_keys[i] =
                view_cell_key(view, column_cell(view->reading, batch, i, column), &scratch);
    } else {
        plain_keys(view, batch, column, out_keys, &scratch);
    }
    return buf_check(&scratch, err);
}

const struct normaliser *view_rules(const struct view *view)
{
    return &view->rules;
}

uint32_t view_held_key(const struct view *view, const struct held *held)
{
    return view->rekeyed ? view->value_key[held->value] : held->key;
}

bool view_can_read(const struct view *view, struct slice cell, struct buf *scratch)
{
    cell = slice_trim(cell);
    if (cell.length == 0)
        return false;
    if (view->reading->interpretation == AS_CODEBOOK)
        return codebook_key(view, cell, scratch) != KEY_NONE;
    return read_cell(view, cell, scratch);
}

uint32_t view_key_count(const struct view *view)
{
    return view->rekeyed ? view->keys.count : view->field->key_count;
}

uint32_t view_key_frequency(const struct view *view, uint32_t key)
{
    if (!view->rekeyed)
        return field_key_frequency(view->field, key);
    return view->posting_start[key + 1] - view->posting_start[key];
}

const uint32_t *view_key_holders(const struct view *view, uint32_t key, uint32_t *out_count)
{
    *out_count = view_key_frequency(view, key);
    if (!view->rekeyed)
        return view->field->posting + view->field->posting_start[key];
    return view->posting + view->posting_start[key];
}

bool view_is_held(const struct view *view, uint32_t subject, uint32_t key)
{
    const struct field *field = view->field;

    for (uint64_t i = field->fact_start[subject]; i < field->fact_start[subject + 1]; i++) {
        uint32_t held = view->rekeyed ? view->value_key[field->fact_value[i]] : field->fact_key[i];

        if (held == key)
            return true;
    }
    return false;
}
