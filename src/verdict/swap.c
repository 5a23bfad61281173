/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/swap.h"

#include <math.h>

#include "base/alloc.h"
#include "normalise/coarse_date.h"
#include "verdict/amount_density.h"

#define ODDS_MIN      19.0 /* for "swapped" against "altered" (algorithms.md 4.2) */
#define RHO_MIN       1e-6
#define LINES_MIN     3u   /* values of periods that one other subject holds (DESIGN section 6) */
#define LINE_HOLDERS  64u  /* a value of a period with more holders names nobody */
#define SEARCHED_MAX  256u /* holders at any time that are searched for those of the period */
#define TELLING_SHARE .05  /* of the subjects: a value of more tells nothing about its holder */

/* Fields of which a rare value can show whose it is. Names are made up, or taken, too easily; a
 * text does so only if nearly everybody has another (a company's name, not its town). */
static bool is_swappable(const struct judge_column *column)
{
    enum value_type type = column->field->type;
    enum interpretation as = column->reading->interpretation;

    /* A part of a value names nobody. */
    if (as == AS_MASKED || as == AS_PIECE || coarse_date_is(as, column->field->form))
        return false;
    if (type == TYPE_TEXT && column->field->key_count < column->field->holders / 2)
        return false;
    return !column->through && type != TYPE_REF && type != TYPE_CODE && type != TYPE_MONTH
           && !type_is_name(type);
}

static int find_rho(const struct judge *judge, const struct judge_column *column,
                    const struct open_cell *cell, struct slice text, struct judge_scratch *scratch,
                    double *out_rho, struct tq_error *err)
{
    *out_rho = column->field->density;
    if (column->field->type != TYPE_AMOUNT || column->reading->interpretation >= AS_PLAIN_COUNT)
        return TQ_OK;
    if (column->field->periodic && cell->period == MONTH_NONE) {
        *out_rho = 1; /* somebody's amount of some month */
        return TQ_OK;
    }
    if (judge->reg->fingerprints_only)
        return TQ_OK; /* amounts around it are not known */
    buf_empty(&scratch->text);
    if (!normalise(&judge->reg->normaliser, column->reading->interpretation, text, &scratch->text))
        return TQ_OK;
    return amount_density(judge->amounts, column->reading->target.field, cell->period,
                          canonical_number(buf_slice(&scratch->text)), out_rho, err);
}

int swap_is_held_by(const struct judge *judge, struct judge_scratch *scratch,
                    const struct open_cell *cell, uint32_t subject, bool *out_held,
                    struct tq_error *err)
{
    struct claim claim = {.key = cell->key, .period = cell->period};

    return claim_is_held_by(judge, scratch, &judge->columns[cell->column], &claim, subject,
                            out_held, err);
}

static struct suspect *find_suspect(struct judge_scratch *scratch, uint32_t subject)
{
    for (size_t i = 0; i < scratch->suspect_count; i++) {
        if (scratch->suspects[i].subject == subject)
            return &scratch->suspects[i];
    }
    return NULL;
}

static int suspect_get(struct judge_scratch *scratch, uint32_t subject,
                       struct suspect **out_suspect, struct tq_error *err)
{
    int r;

    *out_suspect = find_suspect(scratch, subject);
    if (*out_suspect)
        return TQ_OK;
    r = alloc_reserve(&scratch->suspects, &scratch->suspect_capacity, scratch->suspect_count + 1,
                      sizeof(*scratch->suspects), err);
    if (r < 0)
        return r;
    *out_suspect = &scratch->suspects[scratch->suspect_count++];
    **out_suspect = (struct suspect){.subject = subject, .line = UINT32_MAX};
    return TQ_OK;
}

/* Holders of the cell's value in its period: the first few, and how many up to a limit. */
static int find_holders(const struct judge *judge, struct judge_scratch *scratch,
                        struct open_cell *cell, struct tq_error *err)
{
    const struct judge_column *column = &judge->columns[cell->column];
    uint32_t count, found = 0;
    const uint32_t *holders = view_key_holders(column->view, cell->key, &count);
    bool periodic = column->field->periodic && cell->period != MONTH_NONE;

    if (count > (periodic ? SEARCHED_MAX : HOLDERS_MAX))
        return TQ_OK;
    for (uint32_t i = 0; i < count; i++) {
        bool held = true;
        int r = periodic ? swap_is_held_by(judge, scratch, cell, holders[i], &held, err) : TQ_OK;

        if (r < 0)
            return r;
        if (held && found++ < HOLDERS_MAX)
            cell->holders[found - 1] = holders[i];
    }
    cell->holder_count = found <= HOLDERS_MAX ? found : 0;
    return TQ_OK;
}

int swap_note(const struct judge *judge, struct judge_scratch *scratch, unsigned column,
              const struct claim *claim, struct slice cell, const struct open_cell *where,
              struct tq_error *err)
{
    struct open_cell open = *where;
    double rho;
    int r = alloc_reserve(&scratch->open_cells, &scratch->open_capacity, scratch->open_count + 1,
                          sizeof(open), err);

    if (r < 0)
        return r;
    open.key = claim->key;
    open.period = claim->period;
    open.column = (uint16_t)column;
    if (claim->key != KEY_NONE && is_swappable(&judge->columns[column]) && !open.is_near) {
        r = find_holders(judge, scratch, &open, err);
        if (r == TQ_OK && open.holder_count > 0)
            r = find_rho(judge, &judge->columns[column], &open, cell, scratch, &rho, err);
        if (r < 0)
            return r;
        if (open.holder_count > 0)
            open.log_odds = rho >= 1 ? 0 : -log(fmax(rho, RHO_MIN));
    }
    if (open.holder_count > 0 || !open.is_unheld)
        scratch->open_cells[scratch->open_count++] = open;
    return TQ_OK;
}

bool swap_is_telling(const struct judge *judge, const struct open_cell *cell)
{
    const struct judge_column *column = &judge->columns[cell->column];
    uint32_t subjects = judge->reg->kinds[column->field->kind].subject_count;

    return cell->key != KEY_NONE
           && view_key_frequency(column->view, cell->key) <= TELLING_SHARE * subjects;
}

void swap_mark(struct finding_batch *findings, const struct open_cell *cell, enum ground ground,
               uint32_t other)
{
    struct cell_finding *finding = &findings->cells[cell->finding];

    finding->verdict = CELL_OTHER_SUBJECT;
    finding->ground = (uint8_t)ground;
    finding->other = other;
}

/* ---- the record as a whole ---- */

/* A line whose value few hold in its period speaks for each of them. */
static int count_lines(const struct judge *judge, struct judge_scratch *scratch,
                       const struct open_cell *cell, struct tq_error *err)
{
    const struct judge_column *column = &judge->columns[cell->column];
    const uint32_t *holders;
    uint32_t count;

    if (!column->field->periodic || column->through || cell->period == MONTH_NONE
        || cell->key == KEY_NONE)
        return TQ_OK;
    holders = view_key_holders(column->view, cell->key, &count);
    if (count > SEARCHED_MAX)
        return TQ_OK;
    for (uint32_t i = 0; i < count; i++) {
        struct suspect *suspect;
        bool held;
        int r = swap_is_held_by(judge, scratch, cell, holders[i], &held, err);

        if (r == TQ_OK && held)
            r = suspect_get(scratch, holders[i], &suspect, err);
        if (r < 0)
            return r;
        if (held && suspect->line != cell->line) {
            suspect->line = cell->line;
            suspect->lines++;
        }
    }
    return TQ_OK;
}

static int collect_suspects(const struct judge *judge, struct judge_scratch *scratch, size_t first,
                            bool has_lines, struct tq_error *err)
{
    scratch->suspect_count = 0;
    for (size_t i = first; i < scratch->open_count; i++) {
        const struct open_cell *cell = &scratch->open_cells[i];
        int r = TQ_OK;

        for (unsigned j = 0; j < cell->holder_count; j++) {
            struct suspect *suspect;

            r = suspect_get(scratch, cell->holders[j], &suspect, err);
            if (r < 0)
                return r;
            suspect->log_odds += cell->log_odds;
        }
        if (has_lines)
            r = count_lines(judge, scratch, cell, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* Of the holders of a rare value the likeliest; ties: the smaller number. */
static struct suspect *likeliest(struct judge_scratch *scratch, const struct open_cell *cell)
{
    struct suspect *best = NULL;

    for (unsigned j = 0; j < cell->holder_count; j++) {
        struct suspect *suspect = find_suspect(scratch, cell->holders[j]);

        if (!best || suspect->log_odds > best->log_odds)
            best = suspect;
    }
    return best;
}

static void confirm(struct judge_scratch *scratch, size_t first, struct finding_batch *findings)
{
    for (size_t i = first; i < scratch->open_count; i++) {
        const struct open_cell *cell = &scratch->open_cells[i];
        struct suspect *suspect = likeliest(scratch, cell);

        if (!suspect || suspect->log_odds < log(ODDS_MIN))
            continue;
        suspect->confirmed = true;
        swap_mark(findings, cell, GROUND_RARE_VALUE, suspect->subject);
    }
    for (size_t i = 0; i < scratch->suspect_count; i++)
        scratch->suspects[i].confirmed |= scratch->suspects[i].lines >= LINES_MIN;
}

/* Other cells that show the value of somebody who is now known to be mixed in. */
static int follow(const struct judge *judge, struct judge_scratch *scratch, size_t first,
                  struct finding_batch *findings, struct tq_error *err)
{
    for (size_t i = first; i < scratch->open_count; i++) {
        const struct open_cell *cell = &scratch->open_cells[i];
        const struct judge_column *column = &judge->columns[cell->column];

        if (column->through || column->field->type == TYPE_REF || !swap_is_telling(judge, cell))
            continue;
        for (size_t j = 0; j < scratch->suspect_count; j++) {
            bool held = false;
            int r;

            if (findings->cells[cell->finding].verdict == CELL_OTHER_SUBJECT)
                break;
            if (!scratch->suspects[j].confirmed)
                continue;
            r = swap_is_held_by(judge, scratch, cell, scratch->suspects[j].subject, &held, err);
            if (r < 0)
                return r;
            if (held)
                swap_mark(findings, cell, GROUND_RARE_VALUE, scratch->suspects[j].subject);
        }
    }
    return TQ_OK;
}

int swap_resolve(const struct judge *judge, struct judge_scratch *scratch, size_t first,
                 uint32_t named, struct finding_batch *findings, struct tq_error *err)
{
    struct suspect *suspect;
    int r;

    if (first == scratch->open_count)
        return TQ_OK;
    r = collect_suspects(judge, scratch, first, scratch->open_count - first >= LINES_MIN, err);
    if (r < 0)
        return r;
    if (named != SUBJECT_NONE) {
        r = suspect_get(scratch, named, &suspect, err);
        if (r < 0)
            return r;
        suspect->confirmed = true;
    }
    confirm(scratch, first, findings);
    return follow(judge, scratch, first, findings, err);
}
