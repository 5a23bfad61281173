/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/case_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/reading.h"
#include "store/case_internal.h"

/*
 * The findings of a batch as one blob, about a byte a cell and eleven a record. Numbers are LEB128
 * (7 bits a byte, low first); signed ones zigzag. "d(x)" is the difference from the record before.
 *
 *   u8 version (2) | records | cells | record... | breaks | break... | u64 checksum of all before
 *   record: u8 verdict (3 bits), likely, has subject, has flags, has snapshot
 *           [u8 flags] [u8 snapshot] d(exhibit) d(record) d(place) [subject]
 *           PROBABILITY_ONE - posterior | number of cells | cell...
 *   cell:   u8 verdict (4 bits), has ground, new period, has other, jumps
 *           [u8 ground] [period] [other] [d(line) column]
 *
 *   break:  d(record of the batch) rule column line
 *
 * A cell without "jumps" is in the column after that of the cell before, in the same line; without
 * "new period" it has the period of the cell before. Each record starts at line 0, before column
 * 0, without a period.
 */
#define FINDINGS_VERSION 2
#define CHECKSUM_BYTES   8u
#define VARINT_BYTES     10u

#define RECORD_VERDICT_BITS 0x07u
#define RECORD_LIKELY       0x08u
#define RECORD_SUBJECT      0x10u
#define RECORD_FLAGS        0x20u
#define RECORD_SNAPSHOT     0x40u
#define RECORD_BYTES_MAX    (3 + 6 * VARINT_BYTES)

#define CELL_VERDICT_BITS 0x0Fu
#define CELL_GROUND       0x10u
#define CELL_PERIOD       0x20u
#define CELL_OTHER        0x40u
#define CELL_JUMP         0x80u
#define CELL_BYTES_MOST   (2 + 4 * VARINT_BYTES)

_Static_assert(RECORD_VERDICT_COUNT <= RECORD_VERDICT_BITS + 1, "record verdicts fit");
_Static_assert(CELL_VERDICT_COUNT <= CELL_VERDICT_BITS + 1, "cell verdicts fit");

/* ---- writing ---- */

static uint8_t *put_number(uint8_t *at, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        *at++ = (uint8_t)(number | 0x80);
    *at++ = (uint8_t)number;
    return at;
}

/* The difference of two unsigned numbers, small whichever is larger. */
static uint8_t *put_step(uint8_t *at, uint64_t number, uint64_t before)
{
    uint64_t step = number - before;

    return put_number(at, step << 1 ^ (0 - (step >> 63)));
}

static uint8_t *put_cell(uint8_t *at, const struct cell_finding *cell,
                         const struct cell_finding *before)
{
    bool jump = cell->line != before->line || cell->column != (uint16_t)(before->column + 1);
    unsigned head = cell->verdict;

    assert(cell->verdict < CELL_VERDICT_COUNT);
    head |= cell->ground ? CELL_GROUND : 0;
    head |= cell->period != before->period ? CELL_PERIOD : 0;
    head |= cell->other != SUBJECT_NONE ? CELL_OTHER : 0;
    head |= jump ? CELL_JUMP : 0;
    *at++ = (uint8_t)head;
    if (head & CELL_GROUND)
        *at++ = cell->ground;
    if (head & CELL_PERIOD)
        at = put_number(at, cell->period);
    if (head & CELL_OTHER)
        at = put_number(at, cell->other);
    if (jump) {
        at = put_step(at, cell->line, before->line);
        at = put_number(at, cell->column);
    }
    return at;
}

static const struct cell_finding cell_start = {
    .column = UINT16_MAX, .period = 0, .line = 0, .other = SUBJECT_NONE};

static uint8_t *put_record(uint8_t *at, const struct record_finding *record,
                           const struct record_finding *before)
{
    unsigned head = record->verdict;

    assert(record->verdict < RECORD_VERDICT_COUNT);
    head |= record->likely ? RECORD_LIKELY : 0;
    head |= record->subject != SUBJECT_NONE ? RECORD_SUBJECT : 0;
    head |= record->flags ? RECORD_FLAGS : 0;
    head |= record->snapshot ? RECORD_SNAPSHOT : 0;
    *at++ = (uint8_t)head;
    if (head & RECORD_FLAGS)
        *at++ = record->flags;
    if (head & RECORD_SNAPSHOT)
        *at++ = record->snapshot;
    at = put_step(at, record->exhibit, before->exhibit);
    at = put_step(at, record->record, before->record);
    at = put_step(at, record->place, before->place);
    if (head & RECORD_SUBJECT)
        at = put_number(at, record->subject);
    at = put_step(at, PROBABILITY_ONE, record->posterior);
    return put_number(at, record->cell_count);
}

static void add_record(struct buf *out, const struct finding_batch *findings, size_t i,
                       const struct record_finding *before)
{
    const struct record_finding *record = &findings->records[i];
    const struct cell_finding *cell_before = &cell_start;
    size_t length = out->length;
    uint8_t *start, *at;

    assert((size_t)record->cell_first + record->cell_count <= findings->cell_count);
    start = buf_extend(out, RECORD_BYTES_MAX + (size_t)record->cell_count * CELL_BYTES_MOST);
    if (!start)
        return; /* remembered by the buf */
    at = put_record(start, record, before);
    for (uint32_t c = 0; c < record->cell_count; c++) {
        const struct cell_finding *cell = &findings->cells[record->cell_first + c];

        at = put_cell(at, cell, cell_before);
        cell_before = cell;
    }
    out->length = length + (size_t)(at - start);
}

static void add_breaks(struct buf *out, const struct finding_batch *findings)
{
    uint8_t bytes[4 * VARINT_BYTES], *at = put_number(bytes, findings->break_count);
    uint32_t before = 0;

    buf_add(out, bytes, (size_t)(at - bytes));
    for (size_t i = 0; i < findings->break_count; i++) {
        const struct rule_break *broken = &findings->breaks[i];

        at = put_step(bytes, broken->record, before);
        at = put_number(at, broken->rule);
        at = put_number(at, broken->column);
        at = put_number(at, broken->line);
        buf_add(out, bytes, (size_t)(at - bytes));
        before = broken->record;
    }
}

static void add_findings(struct buf *out, const struct finding_batch *findings)
{
    static const struct record_finding none = {0};
    uint8_t head[1 + 2 * VARINT_BYTES], *at = head;
    size_t cells = 0;

    for (size_t i = 0; i < findings->record_count; i++)
        cells += findings->records[i].cell_count;
    *at++ = FINDINGS_VERSION;
    at = put_number(at, findings->record_count);
    at = put_number(at, cells);
    buf_add(out, head, (size_t)(at - head));
    for (size_t i = 0; i < findings->record_count; i++)
        add_record(out, findings, i, i ? &findings->records[i - 1] : &none);
    add_breaks(out, findings);
    if (!out->failed)
        buf_add_u64(out, pack_checksum(out->data, out->length));
}

int case_add_findings(struct case_store *store, uint32_t table, uint32_t batch,
                      const struct finding_batch *findings, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf blob = {0};
    CLEANUP(case_query_end) struct case_query query = {0};
    int r;

    add_findings(&blob, findings);
    r = buf_check(&blob, err);
    if (r < 0)
        return r;
    r = case_query_start(store, SQL_FINDING_SET, &query, err);
    if (r < 0)
        return r;
    case_query_bind(&query, 1, table);
    case_query_bind(&query, 2, batch);
    case_query_bind_bytes(&query, 3, buf_slice(&blob));
    return case_query_finish(&query, err);
}

/* ---- reading ---- */

/* Past the end, or a number that is too long: `bad`, and zeros from then on. */
struct blob_reader {
    const uint8_t *at, *end;
    bool bad;
};

static uint8_t take_byte(struct blob_reader *reader)
{
    if (reader->at == reader->end) {
        reader->bad = true;
        return 0;
    }
    return *reader->at++;
}

static uint64_t take_number(struct blob_reader *reader)
{
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = take_byte(reader);

        number |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return number;
    }
    reader->bad = true;
    return 0;
}

static uint64_t take_step(struct blob_reader *reader, uint64_t before)
{
    uint64_t step = take_number(reader);

    return before + (step >> 1 ^ (0 - (step & 1)));
}

static void take_cell(struct blob_reader *reader, struct cell_finding *cell)
{
    unsigned head = take_byte(reader);

    cell->verdict = (uint8_t)(head & CELL_VERDICT_BITS);
    cell->ground = head & CELL_GROUND ? take_byte(reader) : 0;
    if (head & CELL_PERIOD)
        cell->period = (uint16_t)take_number(reader);
    cell->other = head & CELL_OTHER ? (uint32_t)take_number(reader) : SUBJECT_NONE;
    if (head & CELL_JUMP) {
        cell->line = (uint16_t)take_step(reader, cell->line);
        cell->column = (uint16_t)take_number(reader);
    } else {
        cell->column++;
    }
}

static void take_record(struct blob_reader *reader, struct record_finding *record)
{
    unsigned head = take_byte(reader);

    record->verdict = (uint8_t)(head & RECORD_VERDICT_BITS);
    record->likely = head & RECORD_LIKELY ? 1 : 0;
    record->flags = head & RECORD_FLAGS ? take_byte(reader) : 0;
    record->snapshot = head & RECORD_SNAPSHOT ? take_byte(reader) : 0;
    record->exhibit = (uint32_t)take_step(reader, record->exhibit);
    record->record = (uint32_t)take_step(reader, record->record);
    record->place = take_step(reader, record->place);
    record->subject = head & RECORD_SUBJECT ? (uint32_t)take_number(reader) : SUBJECT_NONE;
    record->posterior = (uint32_t)(PROBABILITY_ONE - take_step(reader, 0));
    record->cell_count = (uint32_t)take_number(reader);
}

/* Both arrays have the room that the head of the blob asked for. */
static void take_findings(struct blob_reader *reader, size_t records, size_t cells,
                          struct finding_batch *findings)
{
    struct record_finding record = {0};

    for (size_t i = 0; i < records && !reader->bad; i++) {
        struct cell_finding cell = cell_start;

        take_record(reader, &record);
        record.cell_first = (uint32_t)findings->cell_count;
        reader->bad |= record.cell_count > cells - findings->cell_count
                       || record.verdict >= RECORD_VERDICT_COUNT;
        for (uint32_t c = 0; c < record.cell_count && !reader->bad; c++) {
            take_cell(reader, &cell);
            reader->bad |= cell.verdict >= CELL_VERDICT_COUNT;
            findings->cells[findings->cell_count++] = cell;
        }
        findings->records[findings->record_count++] = record;
    }
    reader->bad |= findings->cell_count != cells;
}

static int take_breaks(struct blob_reader *reader, struct finding_batch *findings,
                       struct tq_error *err)
{
    uint64_t count = take_number(reader);
    uint32_t record = 0;

    reader->bad |= count > (uint64_t)(reader->end - reader->at) / 4; /* the least it takes */
    for (uint64_t i = 0; i < count && !reader->bad; i++) {
        struct rule_break broken;
        int r;

        record = (uint32_t)take_step(reader, record);
        broken = (struct rule_break){.record = record};
        broken.rule = (uint16_t)take_number(reader);
        broken.column = (uint16_t)take_number(reader);
        broken.line = (uint16_t)take_number(reader);
        reader->bad |= record >= findings->record_count;
        r = finding_batch_add_break(findings, &broken, err);
        if (r < 0)
            return r;
    }
    reader->bad |= reader->at != reader->end;
    return TQ_OK;
}

static bool checksum_matches(struct slice blob)
{
    uint64_t checksum;

    if (blob.length < 1 + CHECKSUM_BYTES || blob.data[0] != FINDINGS_VERSION)
        return false;
    memcpy(&checksum, blob.data + blob.length - CHECKSUM_BYTES, CHECKSUM_BYTES);
    return checksum == pack_checksum(blob.data, blob.length - CHECKSUM_BYTES);
}

static int parse_findings(struct slice blob, struct finding_batch *findings, bool *out_bad,
                          struct tq_error *err)
{
    const uint8_t *data = (const uint8_t *)blob.data;
    struct blob_reader reader = {data + 1, data + blob.length - CHECKSUM_BYTES, false};
    uint64_t records, cells;
    int r;

    records = take_number(&reader);
    cells = take_number(&reader);
    *out_bad = reader.bad || records > blob.length || cells > blob.length;
    if (*out_bad)
        return TQ_OK;
    r = alloc_reserve(&findings->records, &findings->record_capacity, records,
                      sizeof(*findings->records), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&findings->cells, &findings->cell_capacity, cells, sizeof(*findings->cells),
                      err);
    if (r < 0)
        return r;
    take_findings(&reader, records, cells, findings);
    r = take_breaks(&reader, findings, err);
    *out_bad = reader.bad;
    return r;
}

/* A copy, so that many threads can unpack at once. */
static int load_blob(struct case_store *store, uint32_t table, uint32_t batch, struct buf *out,
                     struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_FINDING_GET, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, table);
    case_query_bind(&query, 2, batch);
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    if (row)
        buf_add_slice(out, case_query_bytes(&query, 0));
    return buf_check(out, err);
}

int case_load_findings(struct case_store *store, uint32_t table, uint32_t batch,
                       struct finding_batch *findings, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf blob = {0};
    bool bad = true;
    int r;

    finding_batch_empty(findings);
    r = load_blob(store, table, batch, &blob, err);
    if (r < 0 || blob.length == 0)
        return r;
    if (checksum_matches(buf_slice(&blob))) {
        r = parse_findings(buf_slice(&blob), findings, &bad, err);
        if (r < 0)
            return r;
    }
    if (bad) {
        finding_batch_empty(findings);
        return tq_fail(err, TQ_E_KEY,
                       "the case is damaged: the findings of batch %u of table %u do not match "
                       "their checksum",
                       batch, table);
    }
    return TQ_OK;
}

int case_finding_batches(struct case_store *store, uint32_t table, uint32_t *out_count,
                         struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_FINDING_COUNT, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, table);
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    *out_count = row ? (uint32_t)case_query_number(&query, 0) : 0;
    return TQ_OK;
}
