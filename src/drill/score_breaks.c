/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "drill/score_breaks.h"

#include "base/cleanup.h"
#include "base/hash.h"
#include "drill/csv_in.h"
#include "drill/pairing.h"
#include "model/verdict.h"

enum {
    BREAK_EXHIBIT,
    BREAK_RECORD,
    BREAK_RULE, /* in the records: the verdict */
    BREAK_COLUMNS
};

/* Name of a record, or of a rule broken by it. */
static uint64_t name_of(const struct csv_in *in, const uint32_t columns[BREAK_COLUMNS], bool rule)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = {2};
    uint64_t parts[BREAK_COLUMNS] = {0}, name;

    for (unsigned i = 0; i < (rule ? BREAK_COLUMNS : BREAK_RULE); i++) {
        struct slice field = csv_in_field(in, columns[i]);

        parts[i] = siphash(key, field.data, field.length);
    }
    name = siphash(key, parts, sizeof(parts));
    return name ? name : 1;
}

static int open_file(struct csv_in *in, const char *folder, const char *name, const char *last,
                     uint32_t columns[BREAK_COLUMNS], struct tq_error *err)
{
    int r = csv_in_open(in, folder, name, err);

    if (r == TQ_OK)
        r = csv_in_column(in, "exhibit", &columns[BREAK_EXHIBIT], err);
    if (r == TQ_OK)
        r = csv_in_column(in, "record", &columns[BREAK_RECORD], err);
    return r < 0 ? r : csv_in_column(in, last, &columns[BREAK_RULE], err);
}

/* Records of which all is true. */
static bool is_true(struct slice word)
{
    enum record_verdict verdict;

    return record_verdict_parse(word, &verdict)
           && (verdict == RECORD_AUTHENTIC || verdict == RECORD_STALE);
}

/* Names of the rows of a file of the truth: of rules that were broken, or of records that are true.
 */
static int load_names(const char *folder, const char *name, bool rules, struct pairing *names,
                      uint64_t *out_count, struct tq_error *err)
{
    struct csv_in in CLEANUP(csv_in_close) = {.fd = -1};
    uint32_t columns[BREAK_COLUMNS];
    bool more = true;
    int r = open_file(&in, folder, name, rules ? "rule" : "verdict", columns, err);

    for (*out_count = 0; r == TQ_OK;) {
        void *item;

        r = csv_in_next(&in, &more, err);
        if (r < 0 || !more)
            return r;
        if (!rules && !is_true(csv_in_field(&in, columns[BREAK_RULE])))
            continue;
        r = pairing_put(names, name_of(&in, columns, rules), &item, err);
        ++*out_count;
    }
    return r;
}

static int compare(const char *exports, struct pairing *made, struct pairing *true_records,
                   struct drill_break_score *score, struct tq_error *err)
{
    struct csv_in in CLEANUP(csv_in_close) = {.fd = -1};
    uint32_t columns[BREAK_COLUMNS];
    bool more = true;
    int r = open_file(&in, exports, "breaks.csv", "rule", columns, err);

    while (r == TQ_OK) {
        r = csv_in_next(&in, &more, err);
        if (r < 0 || !more)
            return r;
        score->told++;
        score->found += pairing_take(made, name_of(&in, columns, true)) != NULL;
        score->unjust += pairing_take(true_records, name_of(&in, columns, false)) != NULL;
    }
    return r;
}

int score_breaks(const char *truth, const char *exports, struct drill_break_score *out_score,
                 struct tq_error *err)
{
    struct pairing made CLEANUP(pairing_clear) = {.item_bytes = 1};
    struct pairing true_records CLEANUP(pairing_clear) = {.item_bytes = 1};
    struct drill_break_score score = {0};
    uint64_t ignored;
    int r = load_names(truth, "breaks.csv", true, &made, &score.made, err);

    if (r == TQ_OK)
        r = load_names(truth, "records.csv", false, &true_records, &ignored, err);
    if (r == TQ_OK)
        r = compare(exports, &made, &true_records, &score, err);
    if (r == TQ_OK)
        *out_score = score;
    return r;
}
