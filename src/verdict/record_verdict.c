/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/record_verdict.h"

#include "base/alloc.h"
#include "verdict/cell_verdict.h"
#include "verdict/consistency.h"
#include "verdict/swap.h"

/* First that applies (DESIGN section 6). */
void record_verdict_update(const struct finding_batch *findings, struct record_finding *record)
{
    bool has[CELL_VERDICT_COUNT] = {false};

    for (uint32_t i = 0; i < record->cell_count; i++)
        has[findings->cells[record->cell_first + i].verdict] = true;
    if (has[CELL_OTHER_SUBJECT])
        record->verdict = RECORD_MISATTRIBUTED;
    else if (has[CELL_CONTRADICTS])
        record->verdict = RECORD_ALTERED;
    else if (has[CELL_MISSING] || has[CELL_TRUNCATED])
        record->verdict = RECORD_INCOMPLETE;
    else if (has[CELL_AGREES_EARLIER])
        record->verdict = RECORD_STALE;
    else if (has[CELL_AGREES] || has[CELL_VARIANT] || has[CELL_AGREES_LATER])
        record->verdict = RECORD_AUTHENTIC;
    else
        record->verdict = RECORD_UNVERIFIABLE; /* nothing to compare */
}

static struct record_finding begin_record(const struct batch *batch, const struct record_rows *rows,
                                          const struct link *link)
{
    struct record_finding record = {.exhibit = batch->exhibit[rows->first],
                                    .record = batch->record[rows->first],
                                    .place = batch->place[rows->first],
                                    .subject = rows->subject,
                                    .posterior = link->posterior};

    for (uint32_t row = rows->first; row < rows->last; row++)
        record.flags |= batch->flags[row];
    if (rows->subject == SUBJECT_NONE)
        record.posterior = link->nobody;
    else
        record.likely = link->posterior < LINK_LIKELY;
    return record;
}

/* Something that shows whose it is, of a subject who holds nothing of the kind. */
static bool may_be_anothers(const struct cell_task *task)
{
    enum value_type type = task->column->field->type;

    return task->claim->state == CLAIM_NO_VALUE
           && (type == TYPE_ID || type == TYPE_PHONE || type == TYPE_EMAIL || type == TYPE_ACCOUNT);
}

static int judge_cell(const struct cell_task *task, unsigned column, uint32_t row, uint32_t record,
                      struct finding_batch *findings, struct tq_error *err)
{
    struct cell_outcome outcome;
    struct cell_finding finding = {.column = (uint16_t)task->column->number};
    struct open_cell open = {.finding = findings->cell_count, .record = record};
    int r = cell_judge(task, &outcome, err);

    if (r < 0 || outcome.verdict == CELL_NOT_JUDGED)
        return r;
    finding.period = task->column->is_periodic ? outcome.period : MONTH_NONE;
    finding.verdict = (uint8_t)outcome.verdict;
    finding.ground = (uint8_t)outcome.ground;
    finding.line =
        (uint16_t)(row - task->rows->first < UINT16_MAX ? row - task->rows->first : UINT16_MAX);
    finding.other = outcome.other;
    findings->cells[findings->cell_count++] = finding; /* judge_cells() has made room */
    open.is_unheld = may_be_anothers(task);
    if (outcome.verdict != CELL_CONTRADICTS && !open.is_unheld)
        return TQ_OK;
    open.line = finding.line;
    open.is_near = outcome.is_near;
    return swap_note(task->judge, task->scratch, column, task->claim, task->cell, &open, err);
}

static int judge_cells(const struct judge *judge, struct judge_scratch *scratch,
                       const struct batch *batch, const struct record_rows *rows, uint32_t record,
                       const struct record_time *time, struct finding_batch *findings,
                       struct tq_error *err)
{
    struct cell_task task = {
        .judge = judge, .scratch = scratch, .rows = rows, .time = time, .batch = batch};
    size_t cells = (size_t)(rows->last - rows->first) * judge->column_count;
    int r = alloc_reserve(&findings->cells, &findings->cell_capacity, findings->cell_count + cells,
                          sizeof(*findings->cells), err);

    if (r < 0)
        return r;
    for (uint32_t row = rows->first; row < rows->last; row++) {
        for (unsigned i = 0; i < judge->column_count; i++) {
            task.column = &judge->columns[i];
            task.row = row;
            task.claim = claim_at(scratch, row, i);
            if (task.claim->state == CLAIM_NONE)
                continue;
            task.cell = column_cell(task.column->reading, batch, row, task.column->number);
            r = judge_cell(&task, i, row, record, findings, err);
            if (r < 0)
                return r;
        }
    }
    return TQ_OK;
}

int record_judge(const struct judge *judge, struct judge_scratch *scratch,
                 const struct batch *batch, const struct record_rows *rows, uint32_t record,
                 const struct link *link, const struct dating *dating,
                 struct finding_batch *findings, struct tq_error *err)
{
    struct record_finding finding = begin_record(batch, rows, link);
    size_t first_open = scratch->open_count;
    struct record_time time = {.from = MOMENT_MIN, .to = MOMENT_MAX};
    int r;

    finding.cell_first = (uint32_t)findings->cell_count;
    if (rows->subject != SUBJECT_NONE) {
        r = record_time_find(judge, scratch, rows, dating, &time, err);
        if (r < 0)
            return r;
    }
    r = judge_cells(judge, scratch, batch, rows, record, &time, findings, err);
    if (r < 0)
        return r;
    finding.cell_count = (uint32_t)findings->cell_count - finding.cell_first;
    finding.snapshot = (uint8_t)time.snapshot;
    if (rows->subject == SUBJECT_NONE) {
        finding.verdict = link->nobody >= NOBODY_MIN && link->recognisable ? RECORD_UNFOUNDED
                                                                           : RECORD_UNVERIFIABLE;
    } else {
        r = swap_resolve(judge, scratch, first_open, link->other, findings, err);
        if (r < 0)
            return r;
        record_verdict_update(findings, &finding);
    }
    if (judge->rules) {
        r = consistency_judge(judge, scratch, batch, rows, &finding, findings, err);
        if (r < 0)
            return r;
    }
    return finding_batch_add_record(findings, &finding, err);
}
