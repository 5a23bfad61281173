/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The truth about the leak, written as the leak is made. */
#include "drill/truth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"

#define COPY_BYTES (1u << 18)

static const char *const kind_names[KINDS] = {"person", "employer"};

static void add_world_key(const void *state, unsigned kind, uint32_t number, struct buf *out)
{
    if (kind == KIND_PERSON)
        person_add_immat(state, number, out);
    else
        employer_add_affil(state, number, out);
}

static struct truth_cell claim_at(const void *cells, size_t number)
{
    const struct claim *claim = (const struct claim *)cells + number;

    return (struct truth_cell){&attribute_meanings[claim->what],
                               claim->month,
                               claim->verdict,
                               claim->holder,
                               claim->failed,
                               claim->rule};
}

struct truth_source truth_source_of_world(const struct world *world)
{
    return (struct truth_source){.state = world,
                                 .counts = {world->persons, world->employers},
                                 .snapshot = world->snapshot,
                                 .add_key = add_world_key,
                                 .cell_at = claim_at};
}

int truth_begin(struct truth *truth, const struct truth_source *source, const char *folder,
                struct tq_error *err)
{
    struct truth made = {.source = *source,
                         .folder = strdup(folder),
                         .file = {.fd = -1},
                         .snapshots = {.fd = -1},
                         .breaks = {.fd = -1},
                         .mosaic = {.fd = -1},
                         .pdf_signs = {.fd = -1}};
    int r = file_make_folder(folder, 0755, err);

    for (unsigned kind = 0; kind < KINDS; kind++) {
        made.subjects[kind] = alloc_zeroed(source->counts[kind] + 1, sizeof(struct truth_subject));
        if (!made.subjects[kind] && r == TQ_OK)
            r = tq_no_memory(err);
    }
    if (!made.folder && r == TQ_OK)
        r = tq_no_memory(err);
    if (r == TQ_OK)
        r = text_file_open(&made.snapshots, folder, "snapshots.csv", err);
    if (r == TQ_OK)
        r = text_file_open(&made.breaks, folder, "breaks.csv", err);
    if (r == TQ_OK)
        r = text_file_open(&made.mosaic, folder, "mosaic.csv", err);
    if (r == TQ_OK)
        r = text_file_open(&made.pdf_signs, folder, "pdf_signs.csv", err);
    if (r < 0) {
        truth_clear(&made);
        return r;
    }
    buf_add_text(&made.snapshots.text, "table,from,to,best,share\n");
    buf_add_text(&made.breaks.text, "exhibit,record,rule\n");
    buf_add_text(&made.mosaic.text, "table,part,name,detail,lead\n");
    buf_add_text(&made.pdf_signs.text, "exhibit,sign,weight\n");
    *truth = made;
    return TQ_OK;
}

void truth_clear(struct truth *truth)
{
    for (size_t i = 0; i < truth->exhibit_count; i++)
        free(truth->exhibits[i].path);
    for (size_t i = 0; i < truth->part_count; i++) {
        free(truth->parts[i].path);
        free(truth->parts[i].file_name);
    }
    free(truth->exhibits);
    free(truth->parts);
    free(truth->subjects[KIND_PERSON]);
    free(truth->subjects[KIND_EMPLOYER]);
    free(truth->folder);
    text_file_drop(&truth->file);
    text_file_drop(&truth->snapshots);
    text_file_drop(&truth->breaks);
    text_file_drop(&truth->mosaic);
    text_file_drop(&truth->pdf_signs);
    *truth = (struct truth){.file = {.fd = -1},
                            .snapshots = {.fd = -1},
                            .breaks = {.fd = -1},
                            .mosaic = {.fd = -1},
                            .pdf_signs = {.fd = -1}};
}

int truth_begin_part(struct truth *truth, const char *path, struct tq_error *err)
{
    struct buf name CLEANUP(buf_clear_cleanup) = {0};
    int r = alloc_reserve(&truth->parts, &truth->part_capacity, truth->part_count + 1,
                          sizeof(*truth->parts), err);

    if (r < 0)
        return r;
    buf_format(&name, ".part-%zu", truth->part_count);
    struct truth_part part = {strdup(path), buf_take(&name)};

    truth->parts[truth->part_count++] = part;
    if (!part.path || !part.file_name)
        return tq_no_memory(err);
    return text_file_open(&truth->file, truth->folder, part.file_name, err);
}

int truth_end_part(struct truth *truth, struct tq_error *err)
{
    return text_file_close(&truth->file, err);
}

int truth_add_exhibit(struct truth *truth, const char *path, const char *type, size_t *out_number,
                      struct tq_error *err)
{
    int r = alloc_reserve(&truth->exhibits, &truth->exhibit_capacity, truth->exhibit_count + 1,
                          sizeof(*truth->exhibits), err);

    if (r < 0)
        return r;
    struct truth_exhibit exhibit = {.path = strdup(path), .type = type};

    if (!exhibit.path)
        return tq_no_memory(err);
    truth->exhibits[truth->exhibit_count] = exhibit;
    *out_number = truth->exhibit_count++;
    return TQ_OK;
}

int truth_set_content(struct truth *truth, size_t exhibit, struct slice content,
                      struct tq_error *err)
{
    uint8_t digest[SHA256_BYTES];
    int r = sha256_of(content, digest, err);

    if (r < 0)
        return r;
    hex_of(digest, sizeof(digest), truth->exhibits[exhibit].sha256);
    truth->exhibits[exhibit].bytes = content.length;
    return TQ_OK;
}

static int hash_stream(int fd, struct sha256 *hash, char *buffer, uint64_t *out_bytes,
                       struct tq_error *err)
{
    size_t got = COPY_BYTES;

    for (*out_bytes = 0; got == COPY_BYTES; *out_bytes += got) {
        int r = file_read(fd, buffer, COPY_BYTES, &got, err);

        if (r == TQ_OK)
            r = sha256_add(hash, buffer, got, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int truth_set_file(struct truth *truth, size_t exhibit, const char *path, struct tq_error *err)
{
    char *buffer CLEANUP(free_cleanup) = alloc_zeroed(COPY_BYTES, 1);
    int fd CLEANUP(close_cleanup) = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t digest[SHA256_BYTES];
    struct sha256 *hash;
    int r;

    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not read '%s': %s", path, strerror(errno));
    if (!buffer)
        return tq_no_memory(err);
    r = sha256_new(&hash, err);
    if (r < 0)
        return r;
    r = hash_stream(fd, hash, buffer, &truth->exhibits[exhibit].bytes, err);
    if (r == TQ_OK)
        r = sha256_finish(hash, digest, err);
    sha256_free(hash);
    if (r == TQ_OK)
        hex_of(digest, sizeof(digest), truth->exhibits[exhibit].sha256);
    return r;
}

static void expose(struct truth *truth, unsigned kind, uint32_t number, enum category category)
{
    if (number < truth->source.counts[kind])
        truth->subjects[kind][number].categories |= (uint16_t)(1u << category);
}

/* Which subjects' values the record shows. */
static void expose_holders(struct truth *truth, const struct truth_record *record)
{
    for (size_t i = 0; i < record->claim_count; i++) {
        struct truth_cell cell = truth->source.cell_at(record->claims, i);

        if (cell.verdict == CELL_OTHER_SUBJECT)
            expose(truth, record->kind, cell.holder, cell.meaning->category);
        if (!cell_exposes(cell.verdict))
            continue;
        expose(truth, record->kind, record->subject, cell.meaning->category);
        if (cell.meaning->through)
            expose(truth, KIND_EMPLOYER, cell.holder, cell.meaning->holder_category);
    }
}

static void count_record(struct truth *truth, const struct truth_record *record)
{
    struct truth_exhibit *exhibit = &truth->exhibits[record->exhibit];

    exhibit->records++;
    exhibit->verdicts[record->verdict]++;
    truth->record_count++;
    if (record->subject == NOBODY)
        return;
    struct truth_subject *subject = &truth->subjects[record->kind][record->subject];

    subject->records += !record->is_document;
    subject->documents += record->is_document;
    subject->affected |= record->verdict == RECORD_AUTHENTIC || record->verdict == RECORD_STALE
                         || record->verdict == RECORD_INCOMPLETE;
    subject->named_falsely |=
        record->verdict == RECORD_ALTERED || record->verdict == RECORD_MISATTRIBUTED;
    expose_holders(truth, record);
}

/* JSON inside a CSV cell: its quotes are doubled. */
static void add_quoted(struct buf *out, const char *text)
{
    buf_add(out, "\"\"", 2);
    buf_add_text(out, text);
    buf_add(out, "\"\"", 2);
}

static void add_triple(struct buf *out, const struct truth_record *record, size_t column,
                       const struct truth_cell *cell)
{
    buf_add_byte(out, '[');
    if (record->columns)
        add_quoted(out, record->columns[column]);
    else
        text_add_number(out, column + 1);
    buf_add(out, ",\"\"", 3);
    buf_add_text(out, cell->meaning->field);
    if (cell->meaning->periodic) {
        buf_add_byte(out, '@');
        text_add_month(out, cell->month);
    }
    buf_add(out, "\"\",", 3);
    add_quoted(out, cell_verdict_name(cell->verdict));
    buf_add_byte(out, ']');
}

/* Each rule that values of the record were made to break, once. */
static int add_breaks(struct truth *truth, const struct truth_record *record, struct tq_error *err)
{
    struct buf *out = &truth->breaks.text;

    for (size_t i = 0; i < record->claim_count; i++) {
        const char *rule = truth->source.cell_at(record->claims, i).rule;
        size_t before = 0;

        while (rule && before < i && truth->source.cell_at(record->claims, before).rule != rule)
            before++;
        if (!rule || before < i)
            continue;
        text_add_csv(out, slice_of(truth->exhibits[record->exhibit].path), ',');
        buf_add_byte(out, ',');
        text_add_number(out, record->number);
        buf_format(out, ",%s\n", rule);
    }
    return text_file_pump(&truth->breaks, err);
}

int truth_add_record(struct truth *truth, const struct truth_record *record, struct tq_error *err)
{
    struct buf *out = &truth->file.text;
    bool first = true;

    count_record(truth, record);
    text_add_csv(out, slice_of(truth->exhibits[record->exhibit].path), ',');
    buf_add_byte(out, ',');
    text_add_number(out, record->number);
    buf_add_byte(out, ',');
    text_add_csv(out, slice_of(record->table), ',');
    buf_format(out, ",%s,", kind_names[record->kind]);
    if (record->subject != NOBODY)
        truth->source.add_key(truth->source.state, record->kind, record->subject, out);
    buf_format(out, ",%s,1.000000,\"[", record_verdict_name(record->verdict));
    for (size_t i = 0; i < record->claim_count; i++) {
        struct truth_cell cell = truth->source.cell_at(record->claims, i);

        if (cell.failed)
            return tq_no_memory(err);
        if (cell.verdict == CELL_NOT_JUDGED)
            continue;
        if (!first)
            buf_add_byte(out, ',');
        first = false;
        add_triple(out, record, i, &cell);
    }
    buf_add(out, "]\"\n", 3);
    int r = add_breaks(truth, record, err);

    return r < 0 ? r : text_file_pump(&truth->file, err);
}

void truth_add_source(struct truth *truth, const char *table, const char *source)
{
    text_add_csv(&truth->mosaic.text, slice_of(table), ',');
    buf_format(&truth->mosaic.text, ",source,%s,,0\n", source);
}

void truth_add_filter(struct truth *truth, const char *table, const char *field, struct slice value)
{
    text_add_csv(&truth->mosaic.text, slice_of(table), ',');
    buf_format(&truth->mosaic.text, ",filter,%s,", field);
    text_add_csv(&truth->mosaic.text, value, ',');
    buf_add_text(&truth->mosaic.text, ",1\n");
}

void truth_add_snapshot(struct truth *truth, const char *table, int32_t from, int32_t to,
                        double share)
{
    struct buf *out = &truth->snapshots.text;

    text_add_csv(out, slice_of(table), ',');
    buf_add_byte(out, ',');
    text_add_moment(out, from);
    buf_add_byte(out, ',');
    text_add_moment(out, to);
    buf_add_byte(out, ',');
    text_add_moment(out, truth->source.snapshot);
    buf_format(out, ",%.6f\n", share);
}

int truth_add_pdf_sign(struct truth *truth, size_t exhibit, const char *sign, struct tq_error *err)
{
    struct buf *out = &truth->pdf_signs.text;

    text_add_csv(out, slice_of(truth->exhibits[exhibit].path), ',');
    buf_format(out, ",%s,medium\n", sign); /* at least */
    return text_file_pump(&truth->pdf_signs, err);
}

static void add_subject(struct truth *truth, unsigned kind, uint32_t number, struct buf *out)
{
    const struct truth_subject *subject = &truth->subjects[kind][number];
    bool first = true;

    if (!subject->records && !subject->documents && !subject->categories)
        return;
    buf_format(out, "%s,", kind_names[kind]);
    truth->source.add_key(truth->source.state, kind, number, out);
    buf_format(out, ",%d,%d,%d,", subject->affected, subject->named_falsely,
               subject->categories != 0);
    for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
        if (!(subject->categories >> c & 1))
            continue;
        if (!first)
            buf_add_byte(out, ';');
        first = false;
        buf_add_text(out, category_name((enum category)c));
    }
    buf_format(out, ",%u,%u,\n", subject->records, subject->documents);
}

static int write_subjects(struct truth *truth, struct tq_error *err)
{
    struct text_file file;
    int r = text_file_open(&file, truth->folder, "subjects.csv", err);

    if (r < 0)
        return r;
    buf_add_text(&file.text, "kind,subject,affected,named_falsely,exposed,categories,records,"
                             "documents,severity\n");
    for (unsigned kind = 0; kind < KINDS; kind++) {
        for (uint32_t i = 0; r == TQ_OK && i < truth->source.counts[kind]; i++) {
            add_subject(truth, kind, i, &file.text);
            r = text_file_pump(&file, err);
        }
    }
    if (r < 0) {
        text_file_drop(&file);
        return r;
    }
    return text_file_close(&file, err);
}

static int order_exhibits(const void *a, const void *b)
{
    return strcmp(((const struct truth_exhibit *)a)->path, ((const struct truth_exhibit *)b)->path);
}

static int order_parts(const void *a, const void *b)
{
    return strcmp(((const struct truth_part *)a)->path, ((const struct truth_part *)b)->path);
}

static const char *commonest(const struct truth_exhibit *exhibit)
{
    unsigned best = 0;

    if (exhibit->records == 0)
        return "";
    for (unsigned v = 1; v < RECORD_VERDICT_COUNT; v++)
        if (exhibit->verdicts[v] > exhibit->verdicts[best])
            best = v;
    return record_verdict_name((enum record_verdict)best);
}

static int write_exhibits(struct truth *truth, struct tq_error *err)
{
    struct text_file file;
    int r = text_file_open(&file, truth->folder, "exhibits.csv", err);

    if (r < 0)
        return r;
    qsort(truth->exhibits, truth->exhibit_count, sizeof(*truth->exhibits), order_exhibits);
    buf_add_text(&file.text, "exhibit,sha256,bytes,type,records,verdict,notes\n");
    for (size_t i = 0; r == TQ_OK && i < truth->exhibit_count; i++) {
        const struct truth_exhibit *exhibit = &truth->exhibits[i];

        text_add_csv(&file.text, slice_of(exhibit->path), ',');
        buf_format(&file.text, ",%s,%llu,%s,%llu,%s,\n", exhibit->sha256,
                   (unsigned long long)exhibit->bytes, exhibit->type,
                   (unsigned long long)exhibit->records, commonest(exhibit));
        r = text_file_pump(&file, err);
    }
    if (r < 0) {
        text_file_drop(&file);
        return r;
    }
    return text_file_close(&file, err);
}

/* Append a part to the records and remove it. */
static int join_part(struct truth *truth, struct text_file *records, const char *name, char *buffer,
                     struct tq_error *err)
{
    char *path CLEANUP(free_cleanup) = file_join(truth->folder, name);
    int fd CLEANUP(close_cleanup) = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    size_t got = COPY_BYTES;

    if (!path)
        return tq_no_memory(err);
    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not read '%s': %s", path, strerror(errno));
    while (got == COPY_BYTES) {
        int r = file_read(fd, buffer, COPY_BYTES, &got, err);

        if (r == TQ_OK)
            r = text_file_write(records, slice_make(buffer, got), err);
        if (r < 0)
            return r;
    }
    (void)unlink(path);
    return TQ_OK;
}

static int join_parts(struct truth *truth, struct tq_error *err)
{
    char *buffer CLEANUP(free_cleanup) = alloc_zeroed(COPY_BYTES, 1);
    struct text_file records;
    int r;

    if (!buffer)
        return tq_no_memory(err);
    r = text_file_open(&records, truth->folder, "records.csv", err);
    if (r < 0)
        return r;
    r = text_file_write(
        &records, SLICE_LITERAL("exhibit,record,table,kind,subject,verdict,posterior,cells\n"),
        err);
    qsort(truth->parts, truth->part_count, sizeof(*truth->parts), order_parts);
    for (size_t i = 0; r == TQ_OK && i < truth->part_count; i++)
        r = join_part(truth, &records, truth->parts[i].file_name, buffer, err);
    if (r < 0) {
        text_file_drop(&records);
        return r;
    }
    return text_file_close(&records, err);
}

int truth_finish(struct truth *truth, struct tq_error *err)
{
    int r = text_file_close(&truth->snapshots, err);

    if (r == TQ_OK)
        r = text_file_close(&truth->breaks, err);
    if (r == TQ_OK)
        r = text_file_close(&truth->mosaic, err);
    if (r == TQ_OK)
        r = text_file_close(&truth->pdf_signs, err);
    if (r == TQ_OK)
        r = write_subjects(truth, err);
    if (r == TQ_OK)
        r = write_exhibits(truth, err);
    return r < 0 ? r : join_parts(truth, err);
}
