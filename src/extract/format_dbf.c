/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * DBF: tables of dBase III and IV, FoxPro and their kin. Deleted rows are still in the file, and
 * are read; memos are in a file beside it, and are noted.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/legacy_text.h"
#include "extract/row_writer.h"

#define HEAD_BYTES  32u
#define FIELD_BYTES 32u
#define NAME_BYTES  11u
#define FIELDS_MAX  2046u /* as long as a header can be (16 bits) */

#define SAMPLE_BYTES    ((size_t)64 << 10)
#define BLOCK_BYTES     ((size_t)256 << 10)
#define JULIAN_DAY_1970 2440588 /* of 1970-01-01 */
#define DAYS_MAX        2932896 /* to 9999-12-31 */

struct field {
    char name[NAME_BYTES + 1];
    char type;
    uint16_t length, offset; /* within a record */
};

struct dbf {
    const struct sink *sink;
    struct field *fields; /* owned */
    size_t field_count;
    uint8_t version, language;
    uint32_t records_said;
    uint16_t header_length, record_length;
    const struct codepage *page; /* NULL: not told, and plain ASCII as far as was seen */
    struct row_writer writer;
    struct buf cell;
    char *block; /* owned */
    uint64_t deleted, row;
    bool has_memo;
};

static void dbf_clear(struct dbf *dbf)
{
    free(dbf->fields);
    free(dbf->block);
    row_writer_clear(&dbf->writer);
    buf_clear(&dbf->cell);
}

static uint32_t number_at(const char *bytes, unsigned length)
{
    uint32_t value = 0;

    for (unsigned i = length; i > 0; i--)
        value = value << 8 | (unsigned char)bytes[i - 1];
    return value;
}

static bool is_version(uint8_t version)
{
    static const uint8_t versions[] = {0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63,
                                       0x83, 0x8B, 0x8E, 0xCB, 0xE5, 0xF5, 0xFB};

    return memchr(versions, version, sizeof(versions));
}

static bool is_fox(const struct dbf *dbf)
{
    return dbf->version >= 0x30 && dbf->version <= 0x32;
}

static bool is_name(const char *bytes)
{
    size_t length = strnlen(bytes, NAME_BYTES);

    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)bytes[i] < ' ' || bytes[i] == 0x7F)
            return false;
    }
    return length > 0 && bytes[0] != ' ';
}

/* One field description; false: this is none. */
static bool parse_field(const struct dbf *dbf, const char *bytes, struct field *out_field)
{
    static const char types[] = "CNDLMFGBIYTPVWQO@+0";

    if (!is_name(bytes) || !bytes[NAME_BYTES] || !strchr(types, bytes[NAME_BYTES]))
        return false;
    *out_field = (struct field){.type = bytes[NAME_BYTES], .length = (unsigned char)bytes[16]};
    memcpy(out_field->name, bytes, NAME_BYTES);
    if (out_field->type == 'C' && !is_fox(dbf))
        out_field->length = (uint16_t)(out_field->length | (unsigned char)bytes[17] << 8);
    return out_field->length > 0;
}

/*
 * Read head and fields from the first bytes of the exhibit. The lengths of the fields must come to
 * that of a record: hardly anything but a DBF does that. `fields` has room for FIELDS_MAX.
 */
static bool parse_head(struct dbf *dbf, struct slice head, struct field *fields)
{
    uint32_t offset = 1;
    const char *bytes = head.data;

    if (head.length < HEAD_BYTES + FIELD_BYTES + 1)
        return false;
    dbf->version = (uint8_t)bytes[0];
    dbf->records_said = number_at(bytes + 4, 4);
    dbf->header_length = (uint16_t)number_at(bytes + 8, 2);
    dbf->record_length = (uint16_t)number_at(bytes + 10, 2);
    dbf->language = (uint8_t)bytes[29];
    if (!is_version(dbf->version) || bytes[2] > 12 || bytes[3] > 31 || bytes[2] < 0 || bytes[3] < 0)
        return false;
    for (size_t at = HEAD_BYTES; at < dbf->header_length && at < head.length; at += FIELD_BYTES) {
        if (bytes[at] == '\r' || bytes[at] == '\0')
            break;
        if (at + FIELD_BYTES > head.length || dbf->field_count >= FIELDS_MAX
            || !parse_field(dbf, bytes + at, &fields[dbf->field_count]))
            return false;
        fields[dbf->field_count].offset = (uint16_t)offset;
        offset += fields[dbf->field_count++].length;
    }
    return dbf->field_count > 0 && offset == dbf->record_length;
}

/* What the mark of the language driver stands for; NULL: it is not set, or not known here. */
static const struct codepage *marked_page(uint8_t language)
{
    static const struct {
        uint8_t mark;
        const char *name;
    } marks[] = {
        {0x01, "IBM850"},       {0x02, "IBM850"},       {0x03, "windows-1252"},
        {0x04, "macintosh"},    {0x09, "IBM850"},       {0x0A, "IBM850"},
        {0x0D, "IBM850"},       {0x0E, "IBM850"},       {0x10, "IBM850"},
        {0x12, "IBM850"},       {0x14, "IBM850"},       {0x1A, "IBM850"},
        {0x1D, "IBM850"},       {0x26, "IBM866"},       {0x37, "IBM850"},
        {0x57, "windows-1252"}, {0x58, "windows-1252"}, {0x59, "windows-1252"},
        {0x65, "IBM866"},       {0x7D, "windows-1255"}, {0x7E, "windows-1256"},
        {0xC8, "windows-1250"}, {0xC9, "windows-1251"}, {0xCA, "windows-1254"},
        {0xCB, "windows-1253"}, {0xCC, "windows-1257"},
    };

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (marks[i].mark == language)
            return codepage_find(slice_of(marks[i].name));
    }
    return NULL;
}

static int find_page(struct dbf *dbf, const struct extract_input *input, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *sample = NULL;
    size_t got;
    int r;

    dbf->page = marked_page(dbf->language);
    if (dbf->page)
        return TQ_OK;
    sample = alloc_zeroed(SAMPLE_BYTES, 1);
    if (!sample)
        return tq_no_memory(err);
    r = file_read_at(input->fd, dbf->header_length, sample, SAMPLE_BYTES, &got, err);
    if (r == TQ_OK)
        dbf->page = codepage_guess(slice_make(sample, got));
    return r;
}

static void add_day(struct buf *out, int64_t days_since_1970, uint32_t milliseconds)
{
    struct tm parts;
    time_t moment = (time_t)(days_since_1970 * 86400 + milliseconds / 1000);

    if (days_since_1970 < -719162 || days_since_1970 > DAYS_MAX || !gmtime_r(&moment, &parts))
        return;
    buf_format(out, "%04d-%02d-%02d %02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
               parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/* Values that are not written as text. True: it was one. */
static bool add_binary(const struct dbf *dbf, struct buf *out, const struct field *field,
                       const char *bytes)
{
    uint64_t raw = 0;
    double value;

    if (field->length == 8)
        memcpy(&raw, bytes, 8);
    if (field->type == 'I' && field->length == 4) {
        buf_format(out, "%" PRId32, (int32_t)number_at(bytes, 4));
    } else if (field->type == 'B' && field->length == 8 && is_fox(dbf)) {
        memcpy(&value, bytes, 8);
        if (isfinite(value))
            buf_format(out, "%.15g", value);
    } else if (field->type == 'Y' && field->length == 8) {
        int64_t amount = (int64_t)raw;
        uint64_t size = amount < 0 ? 0 - raw : raw;

        buf_format(out, "%s%" PRIu64 ".%04u", amount < 0 ? "-" : "", size / 10000,
                   (unsigned)(size % 10000));
    } else if (field->type == 'T' && field->length == 8) {
        if (number_at(bytes, 4) > 0)
            add_day(out, (int64_t)number_at(bytes, 4) - JULIAN_DAY_1970, number_at(bytes + 4, 4));
    } else {
        return strchr("MGPWQ0@+OB", field->type);
    }
    return true;
}

static bool is_date(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return text.length == 8;
}

static int write_cell(struct dbf *dbf, const struct field *field, const char *bytes,
                      struct tq_error *err)
{
    struct buf *out = &dbf->cell;
    struct slice text = slice_make(bytes, field->length);
    int r;

    buf_empty(out);
    if (!add_binary(dbf, out, field, bytes)) {
        while (text.length > 0
               && (text.data[text.length - 1] == ' ' || text.data[text.length - 1] == '\0'))
            text.length--;
        if (field->type != 'C' && field->type != 'V')
            text = slice_trim(text);
        if (field->type == 'D' && is_date(text))
            buf_format(out, "%.4s-%.2s-%.2s", text.data, text.data + 4, text.data + 6);
        else
            legacy_text_add(out, text, dbf->page);
    }
    r = buf_check(out, err);
    return r < 0 ? r : row_writer_cell(&dbf->writer, buf_slice(out), err);
}

/* `length` bytes of a record are there; it may be the last and cut. */
static int write_record(struct dbf *dbf, const char *bytes, size_t length, struct tq_error *err)
{
    int r = TQ_OK;

    dbf->deleted += bytes[0] == '*';
    for (size_t i = 0; r == TQ_OK && i < dbf->field_count; i++) {
        struct field field = dbf->fields[i];

        if (field.type == '0')
            continue;
        if (field.offset >= length)
            break;
        if (field.length > length - field.offset)
            field.length = (uint16_t)(length - field.offset);
        r = write_cell(dbf, &field, bytes + field.offset, err);
    }
    return r < 0 ? r : row_writer_row(&dbf->writer, ++dbf->row, 0, err);
}

/* Records begin with a blank or a star; what begins otherwise is not one. */
static bool is_record(const char *bytes)
{
    return bytes[0] == ' ' || bytes[0] == '*';
}

static int read_records(struct dbf *dbf, const struct extract_input *input, struct tq_error *err)
{
    size_t records = BLOCK_BYTES / dbf->record_length + 1;
    uint64_t offset = dbf->header_length;

    dbf->block = alloc_zeroed(records, dbf->record_length);
    if (!dbf->block)
        return tq_no_memory(err);
    for (;;) {
        size_t got;
        int r =
            file_read_at(input->fd, offset, dbf->block, records * dbf->record_length, &got, err);

        if (r < 0)
            return r;
        for (size_t at = 0; at < got; at += dbf->record_length) {
            size_t left = got - at;

            if (!is_record(dbf->block + at)
                && (left < dbf->record_length || dbf->row >= dbf->records_said))
                return TQ_OK;
            r = write_record(dbf, dbf->block + at,
                             left < dbf->record_length ? left : dbf->record_length, err);
            if (r < 0)
                return r;
        }
        if (got < records * dbf->record_length)
            return TQ_OK;
        offset += got;
    }
}

static int begin_table(struct dbf *dbf, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct slice *headers = alloc_zeroed(dbf->field_count, sizeof(*headers));
    uint32_t count = 0;

    if (!headers)
        return tq_no_memory(err);
    for (size_t i = 0; i < dbf->field_count; i++) {
        if (dbf->fields[i].type != '0')
            headers[count++] = slice_of(dbf->fields[i].name);
        dbf->has_memo |=
            strchr("MGPB", dbf->fields[i].type) && !(dbf->fields[i].type == 'B' && is_fox(dbf));
    }
    if (count == 0)
        count = 1;
    return row_writer_table(&dbf->writer, (struct slice){0}, count, headers, err);
}

static int notes(const struct dbf *dbf, struct tq_error *err)
{
    int r = TQ_OK;

    if (dbf->row != dbf->records_said)
        r = emit_note(dbf->sink, 0, err,
                      "its header speaks of %" PRIu32 " rows, %" PRIu64 " are there",
                      dbf->records_said, dbf->row);
    if (r == TQ_OK && dbf->deleted > 0)
        r = emit_note(dbf->sink, 0, err,
                      "%" PRIu64 " rows are marked as deleted: read like the others", dbf->deleted);
    if (r == TQ_OK && dbf->has_memo)
        r = emit_note(dbf->sink, 0, err,
                      "its memos are in a file beside it (.dbt or .fpt): not read as columns");
    if (r == TQ_OK && dbf->row == 0)
        r = emit_note(dbf->sink, 0, err, "no rows were found");
    if (r == TQ_OK && dbf->page)
        r = emit_fact(dbf->sink, "encoding", slice_of(dbf->page->name), err);
    return r;
}

static int dbf_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    CLEANUP(dbf_clear) struct dbf dbf = {.sink = sink};
    CLEANUP(free_cleanup) char *head = alloc_zeroed(UINT16_MAX + 1, 1);
    size_t got;
    int r = emit_type(sink, "dbf", err);

    (void)limits;
    row_writer_init(&dbf.writer, sink);
    dbf.fields = alloc_zeroed(FIELDS_MAX, sizeof(*dbf.fields));
    if (r == TQ_OK && (!head || !dbf.fields))
        r = tq_no_memory(err);
    if (r == TQ_OK)
        r = file_read_at(input->fd, 0, head, UINT16_MAX + 1, &got, err);
    if (r < 0)
        return r;
    if (!parse_head(&dbf, slice_make(head, got), dbf.fields))
        return emit_note(sink, 0, err, "damaged: its header describes no rows");
    r = find_page(&dbf, input, err);
    if (r == TQ_OK)
        r = begin_table(&dbf, err);
    if (r == TQ_OK)
        r = read_records(&dbf, input, err);
    if (r == TQ_OK)
        r = row_writer_finish(&dbf.writer, err);
    return r < 0 ? r : notes(&dbf, err);
}

static enum claim dbf_claim(struct slice head, const struct extract_input *input)
{
    CLEANUP(free_cleanup) struct field *fields = NULL;
    struct dbf dbf = {0};

    (void)input;
    if (head.length < HEAD_BYTES || !is_version((uint8_t)head.data[0]))
        return CLAIM_NONE;
    fields = alloc_zeroed(FIELDS_MAX, sizeof(*fields));
    if (!fields)
        return CLAIM_FAILED;
    return parse_head(&dbf, head, fields) ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_dbf = {"dbf", dbf_claim, dbf_read};
