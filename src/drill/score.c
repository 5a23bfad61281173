/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A case against the truth. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "base/moment.h"
#include "drill/csv_in.h"
#include "drill/drill.h"
#include "drill/pairing.h"
#include "drill/score_breaks.h"
#include "drill/score_mosaic.h"
#include "drill/score_pdf_signs.h"
#include "model/verdict.h"

static_assert(DRILL_VERDICTS == RECORD_VERDICT_COUNT, "one row for each verdict");

#define TABLES_MAX 64u /* groups shown; the rest are only in the whole */

/* A record of the truth, as little of it as scoring needs. */
struct true_record {
    uint64_t subject; /* fingerprint, 0: nobody */
    uint16_t table;   /* index of its group, or TABLES_MAX */
    uint8_t verdict;
};

enum {
    RECORD_EXHIBIT,
    RECORD_NUMBER,
    RECORD_TABLE,
    RECORD_KIND,
    RECORD_SUBJECT,
    RECORD_VERDICT,
    RECORD_POSTERIOR,
    RECORD_COLUMNS
};
static const char *const record_columns[RECORD_COLUMNS] = {"exhibit", "record",  "table",    "kind",
                                                           "subject", "verdict", "posterior"};

static uint64_t fingerprint_of(struct slice a, struct slice b)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = {1};
    uint64_t parts[2] = {siphash(key, a.data, a.length), siphash(key, b.data, b.length)};
    uint64_t mixed = siphash(key, parts, sizeof(parts));

    return mixed ? mixed : 1; /* 0 means nobody */
}

static int find_columns(const struct csv_in *in, const char *const *names, uint32_t count,
                        uint32_t *out, struct tq_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        int r = csv_in_column(in, names[i], &out[i], err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* Members of one container are one group. */
static struct slice group_of(struct slice table, bool *out_group)
{
    *out_group = false;
    for (size_t i = table.length; i >= 2; i--) {
        if (table.data[i - 2] == '!' && table.data[i - 1] == '/') {
            *out_group = true;
            return slice_make(table.data, i);
        }
    }
    return table;
}

static bool is_named(const char *name, struct slice group, bool starred)
{
    size_t length = strlen(name);

    return length == group.length + starred && memcmp(name, group.data, group.length) == 0;
}

static int find_table(struct drill_score *score, struct slice table, uint16_t *out_index,
                      struct tq_error *err)
{
    bool starred;
    struct slice group = group_of(table, &starred);
    size_t i = 0;

    while (i < score->table_count && !is_named(score->tables[i].table, group, starred))
        i++;
    *out_index = (uint16_t)(i < TABLES_MAX ? i : TABLES_MAX);
    if (i < score->table_count || i >= TABLES_MAX)
        return TQ_OK;
    int r =
        alloc_reserve(&score->tables, &score->table_capacity, i + 1, sizeof(*score->tables), err);

    if (r < 0)
        return r;
    char *name = alloc_zeroed(group.length + 2, 1);

    if (!name)
        return tq_no_memory(err);
    memcpy(name, group.data, group.length);
    if (starred)
        name[group.length] = '*';
    score->tables[i] = (struct drill_table_score){.table = name};
    score->table_count = i + 1;
    return TQ_OK;
}

static int parse_record(struct drill_score *score, const struct csv_in *in,
                        const uint32_t columns[RECORD_COLUMNS], bool is_truth, uint64_t *out_key,
                        struct true_record *out, struct tq_error *err)
{
    struct slice subject = csv_in_field(in, columns[RECORD_SUBJECT]);
    struct slice word = csv_in_field(in, columns[RECORD_VERDICT]);
    enum record_verdict verdict;

    if (!record_verdict_parse(word, &verdict))
        return tq_fail(err, TQ_E_SYNTAX, "'%s' line %llu has no verdict", in->path,
                       (unsigned long long)in->line);
    *out_key = fingerprint_of(csv_in_field(in, columns[RECORD_EXHIBIT]),
                              csv_in_field(in, columns[RECORD_NUMBER]));
    out->subject =
        subject.length ? fingerprint_of(csv_in_field(in, columns[RECORD_KIND]), subject) : 0;
    out->verdict = (uint8_t)verdict;
    out->table = TABLES_MAX;
    return is_truth ? find_table(score, csv_in_field(in, columns[RECORD_TABLE]), &out->table, err)
                    : TQ_OK;
}

static int load_truth(struct drill_score *score, const char *folder, struct pairing *records,
                      struct tq_error *err)
{
    struct csv_in in CLEANUP(csv_in_close) = {.fd = -1};
    uint32_t columns[RECORD_COLUMNS];
    bool more = true;
    int r = csv_in_open(&in, folder, "records.csv", err);

    if (r == TQ_OK)
        r = find_columns(&in, record_columns, RECORD_COLUMNS, columns, err);
    while (r == TQ_OK) {
        struct true_record record;
        struct true_record *slot;
        uint64_t key;

        r = csv_in_next(&in, &more, err);
        if (r < 0 || !more)
            return r;
        r = parse_record(score, &in, columns, true, &key, &record, err);
        if (r == TQ_OK)
            r = pairing_put(records, key, (void **)&slot, err);
        if (r < 0)
            return r;
        *slot = record;
        score->records_true++;
    }
    return r;
}

static void count_pair(struct drill_table_score *table, const struct true_record *truth,
                       const struct true_record *found)
{
    table->records++;
    table->confusion[truth->verdict][found->verdict]++;
    table->subjects_true += truth->subject != 0;
    table->subjects_named += found->subject != 0;
    table->subjects_right += found->subject != 0 && found->subject == truth->subject;
}

static void calibrate(struct drill_score *score, double posterior, bool right)
{
    unsigned bin = posterior >= 1 ? DRILL_BINS - 1 : (unsigned)(posterior * DRILL_BINS);
    double miss = posterior - (right ? 1 : 0);

    score->bins[bin].records++;
    score->bins[bin].right += right;
    score->bins[bin].posterior_sum += posterior;
    score->brier += miss * miss;
}

static double number_of(struct slice text)
{
    char digits[40];
    size_t length = text.length < sizeof(digits) - 1 ? text.length : sizeof(digits) - 1;

    memcpy(digits, text.data, length);
    digits[length] = 0;
    double value = strtod(digits, NULL);

    return value >= 0 && value <= 1 ? value : 0; /* not a probability: worth nothing */
}

/* One record of the case against its truth; a second one of the same number is extra. */
static void compare(struct drill_score *score, struct pairing *records, uint64_t key,
                    const struct true_record *found, double posterior)
{
    struct true_record *truth = pairing_take(records, key);

    score->records_found++;
    if (!truth) {
        score->extra++;
        score->all.subjects_named += found->subject != 0;
        return;
    }
    count_pair(&score->all, truth, found);
    if (truth->table < score->table_count)
        count_pair(&score->tables[truth->table], truth, found);
    calibrate(score, posterior, truth->subject == found->subject);
}

static int compare_records(struct drill_score *score, const char *folder, struct pairing *records,
                           struct tq_error *err)
{
    struct csv_in in CLEANUP(csv_in_close) = {.fd = -1};
    uint32_t columns[RECORD_COLUMNS];
    bool more = true;
    int r = csv_in_open(&in, folder, "records.csv", err);

    if (r == TQ_OK)
        r = find_columns(&in, record_columns, RECORD_COLUMNS, columns, err);
    while (r == TQ_OK) {
        struct true_record record;
        uint64_t key;

        r = csv_in_next(&in, &more, err);
        if (r < 0 || !more)
            return r;
        r = parse_record(score, &in, columns, false, &key, &record, err);
        if (r == TQ_OK)
            compare(score, records, key, &record,
                    number_of(csv_in_field(&in, columns[RECORD_POSTERIOR])));
    }
    return r;
}

static void count_missed(struct drill_table_score *table, const struct true_record *truth)
{
    table->missing[truth->verdict]++;
    table->subjects_true += truth->subject != 0;
}

/* What the case has no record of counts as not found. */
static void count_missing(struct drill_score *score, struct pairing *records)
{
    struct true_record *truth;
    size_t at = 0;

    while ((truth = pairing_next_left(records, &at))) {
        score->missing++;
        count_missed(&score->all, truth);
        if (truth->table < score->table_count)
            count_missed(&score->tables[truth->table], truth);
    }
}

static void finish_table(struct drill_table_score *table)
{
    double sum = 0;
    unsigned present = 0;

    for (unsigned v = 0; v < DRILL_VERDICTS; v++) {
        uint64_t truth = table->missing[v], found = 0;

        for (unsigned w = 0; w < DRILL_VERDICTS; w++) {
            truth += table->confusion[v][w];
            found += table->confusion[w][v];
        }
        if (truth == 0)
            continue;
        present++;
        sum += 2.0 * (double)table->confusion[v][v] / (double)(truth + found);
    }
    table->macro_f1 = present ? sum / present : 1;
    table->precision =
        table->subjects_named ? (double)table->subjects_right / (double)table->subjects_named : 1;
    table->recall =
        table->subjects_true ? (double)table->subjects_right / (double)table->subjects_true : 1;
}

static int score_records(struct drill_score *score, const char *truth, const char *exports,
                         struct tq_error *err)
{
    struct pairing records CLEANUP(pairing_clear) = {.item_bytes = sizeof(struct true_record)};
    int r = load_truth(score, truth, &records, err);

    if (r == TQ_OK)
        r = compare_records(score, exports, &records, err);
    if (r < 0)
        return r;
    count_missing(score, &records);
    uint64_t judged = score->records_found - score->extra;

    score->brier = judged ? score->brier / (double)judged : 0;
    finish_table(&score->all);
    for (size_t i = 0; i < score->table_count; i++)
        finish_table(&score->tables[i]);
    return TQ_OK;
}

enum {
    SUBJECT_KIND,
    SUBJECT_KEY,
    SUBJECT_AFFECTED,
    SUBJECT_FALSELY,
    SUBJECT_EXPOSED,
    SUBJECT_COLUMNS
};
static const char *const subject_columns[SUBJECT_COLUMNS] = {"kind", "subject", "affected",
                                                             "named_falsely", "exposed"};
static const char *const kinds[2] = {"person", "employer"};

/* Flags of one subject: bit m: measure m in the truth, bit 3 + m: in the case; its kind. */
struct subject_flags {
    uint8_t flags, kind;
};

static int load_subjects(const char *folder, unsigned shift, struct pairing *subjects,
                         struct tq_error *err)
{
    struct csv_in in CLEANUP(csv_in_close) = {.fd = -1};
    uint32_t columns[SUBJECT_COLUMNS];
    bool more = true;
    int r = csv_in_open(&in, folder, "subjects.csv", err);

    if (r == TQ_OK)
        r = find_columns(&in, subject_columns, SUBJECT_COLUMNS, columns, err);
    while (r == TQ_OK) {
        struct subject_flags *slot;

        r = csv_in_next(&in, &more, err);
        if (r < 0 || !more)
            return r;
        struct slice kind = csv_in_field(&in, columns[SUBJECT_KIND]);

        r = pairing_put(subjects, fingerprint_of(kind, csv_in_field(&in, columns[SUBJECT_KEY])),
                        (void **)&slot, err);
        if (r < 0)
            return r;
        slot->kind = !slice_is(kind, kinds[0]);
        for (unsigned m = 0; m < 3; m++)
            if (slice_is(csv_in_field(&in, columns[SUBJECT_AFFECTED + m]), "1"))
                slot->flags |= (uint8_t)(1u << (shift + m));
    }
    return r;
}

static int score_subjects(struct drill_score *score, const char *truth, const char *exports,
                          struct tq_error *err)
{
    struct pairing subjects CLEANUP(pairing_clear) = {.item_bytes = sizeof(struct subject_flags)};
    struct subject_flags *subject;
    size_t at = 0;
    int r = load_subjects(truth, 0, &subjects, err);

    if (r == TQ_OK)
        r = load_subjects(exports, 3, &subjects, err);
    if (r < 0)
        return r;
    for (unsigned i = 0; i < 6; i++) {
        score->counts[i].measure = subject_columns[SUBJECT_AFFECTED + i % 3];
        score->counts[i].kind = kinds[i / 3];
    }
    while ((subject = pairing_next_left(&subjects, &at))) {
        for (unsigned m = 0; m < 3; m++) {
            struct drill_count_score *count = &score->counts[subject->kind * 3u + m];
            bool is_true = subject->flags >> m & 1, is_found = subject->flags >> (3 + m) & 1;

            count->truth += is_true;
            count->found += is_found;
            count->missed += is_true && !is_found;
            count->wrong += !is_true && is_found;
        }
    }
    return TQ_OK;
}

static int load_exhibits(struct drill_score *score, const char *folder, bool is_truth,
                         struct pairing *exhibits, struct tq_error *err)
{
    static const char *const names[2] = {"exhibit", "sha256"};
    struct csv_in in CLEANUP(csv_in_close) = {.fd = -1};
    uint32_t columns[2];
    bool more = true;
    int r = csv_in_open(&in, folder, "exhibits.csv", err);

    if (r == TQ_OK)
        r = find_columns(&in, names, 2, columns, err);
    while (r == TQ_OK) {
        uint64_t key;
        void *slot;

        r = csv_in_next(&in, &more, err);
        if (r < 0 || !more)
            return r;
        key = fingerprint_of(csv_in_field(&in, columns[0]), csv_in_field(&in, columns[1]));
        if (is_truth) {
            score->exhibits_true++;
            r = pairing_put(exhibits, key, &slot, err);
        } else if (pairing_take(exhibits, key)) {
            score->exhibits_found++;
        }
    }
    return r;
}

static int score_exhibits(struct drill_score *score, const char *truth, const char *exports,
                          struct tq_error *err)
{
    struct pairing exhibits CLEANUP(pairing_clear) = {.item_bytes = 1};
    int r = load_exhibits(score, truth, true, &exhibits, err);

    return r < 0 ? r : load_exhibits(score, exports, false, &exhibits, err);
}

/* RFC 3339 in UTC to minutes; open or unreadable ends are far away. */
static int32_t minutes_of(struct slice text, int32_t open)
{
    int year, hour, minute;
    unsigned month, day;
    char digits[32];

    if (text.length == 0 || text.length >= sizeof(digits))
        return open;
    memcpy(digits, text.data, text.length);
    digits[text.length] = 0;
    if (sscanf(digits, "%d-%u-%uT%d:%d", &year, &month, &day, &hour, &minute) != 5
        || !civil_is_valid(year, month, day))
        return open;
    return days_from_civil(year, month, day) * 1440 + hour * 60 + minute;
}

/* A snapshot of either side. */
struct support {
    char *table;
    int32_t from, to;
};

struct supports {
    struct support *items;
    size_t count, capacity;
};

static void supports_clear(struct supports *supports)
{
    for (size_t i = 0; i < supports->count; i++)
        free(supports->items[i].table);
    free(supports->items);
}

static int load_supports(const char *folder, struct supports *out, struct tq_error *err)
{
    static const char *const names[3] = {"table", "from", "to"};
    struct csv_in in CLEANUP(csv_in_close) = {.fd = -1};
    uint32_t columns[3];
    bool more = true;
    int r = csv_in_open(&in, folder, "snapshots.csv", err);

    if (r == TQ_OK)
        r = find_columns(&in, names, 3, columns, err);
    while (r == TQ_OK) {
        r = csv_in_next(&in, &more, err);
        if (r < 0 || !more)
            return r;
        r = alloc_reserve(&out->items, &out->capacity, out->count + 1, sizeof(*out->items), err);
        if (r < 0)
            return r;
        struct slice table = csv_in_field(&in, columns[0]);
        char *name = strndup(table.data, table.length);

        if (!name)
            return tq_no_memory(err);
        out->items[out->count++] =
            (struct support){name, minutes_of(csv_in_field(&in, columns[1]), MOMENT_MIN),
                             minutes_of(csv_in_field(&in, columns[2]), MOMENT_MAX)};
    }
    return r;
}

static void date_table(struct drill_dating_score *dating, const struct support *truth,
                       const struct supports *found)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct support *support = &found->items[i];
        bool covers = support->from <= truth->to && support->to >= truth->from;

        if (strcmp(support->table, truth->table) != 0 || (dating->covered && !covers))
            continue;
        if (!dating->dated || (covers && !dating->covered))
            dating->width_days = ((double)support->to - (double)support->from) / 1440;
        dating->dated = true;
        dating->covered |= covers;
    }
}

static int score_datings(struct drill_score *score, const char *truth, const char *exports,
                         struct tq_error *err)
{
    struct supports expected CLEANUP(supports_clear) = {0}, found CLEANUP(supports_clear) = {0};
    int r = load_supports(truth, &expected, err);

    if (r == TQ_OK)
        r = load_supports(exports, &found, err);
    for (size_t i = 0; r == TQ_OK && i < expected.count; i++) {
        r = alloc_reserve(&score->datings, &score->dating_capacity, i + 1, sizeof(*score->datings),
                          err);
        if (r < 0)
            return r;
        score->datings[i] = (struct drill_dating_score){.table = TAKE(expected.items[i].table)};
        score->dating_count = i + 1;
        struct support wanted = expected.items[i];

        wanted.table = score->datings[i].table;
        date_table(&score->datings[i], &wanted, &found);
    }
    return r;
}

static int score_all(struct drill_score *score, const char *truth, const char *exports,
                     struct tq_error *err)
{
    int r = score_records(score, truth, exports, err);

    if (r == TQ_OK)
        r = score_subjects(score, truth, exports, err);
    if (r == TQ_OK)
        r = score_exhibits(score, truth, exports, err);
    if (r == TQ_OK)
        r = score_datings(score, truth, exports, err);
    if (r == TQ_OK)
        r = score_breaks(truth, exports, &score->breaks, err);
    if (r == TQ_OK)
        r = score_mosaic(truth, exports, &score->mosaic, err);
    return r < 0 ? r : score_pdf_signs(truth, exports, &score->pdf, err);
}

int drill_score(const char *drill_folder, const char *exports_folder,
                struct drill_score **out_score, struct tq_error *err)
{
    struct buf truth CLEANUP(buf_clear_cleanup) = {0};
    struct drill_score *score = alloc_zeroed(1, sizeof(*score));

    if (!score)
        return tq_no_memory(err);
    buf_format(&truth, "%s/truth", drill_folder);
    int r = buf_check(&truth, err);

    if (r == TQ_OK)
        r = score_all(score, truth.data, exports_folder, err);
    if (r < 0) {
        drill_score_free(score);
        return r;
    }
    *out_score = score;
    return TQ_OK;
}

struct drill_score *drill_score_free(struct drill_score *score)
{
    if (!score)
        return NULL;
    for (size_t i = 0; i < score->table_count; i++)
        free(score->tables[i].table);
    for (size_t i = 0; i < score->dating_count; i++)
        free(score->datings[i].table);
    free(score->tables);
    free(score->datings);
    free(score);
    return NULL;
}
