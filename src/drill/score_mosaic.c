/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "drill/score_mosaic.h"

#include "base/cleanup.h"
#include "base/hash.h"
#include "drill/csv_in.h"
#include "drill/pairing.h"
#include "model/mask.h"

enum {
    MOSAIC_OF_TABLE,
    MOSAIC_OF_PART,
    MOSAIC_OF_NAME,
    MOSAIC_OF_DETAIL,
    MOSAIC_OF_LEAD, /* in the case only */
    MOSAIC_OF_COUNT
};

/* What the truth tells. */
struct expected {
    struct pairing tables, sources, filters;
};

static void expected_clear(struct expected *expected)
{
    pairing_clear(&expected->tables);
    pairing_clear(&expected->sources);
    pairing_clear(&expected->filters);
}

static uint64_t key_of(struct slice table, struct slice name, struct slice detail)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = {3};
    uint64_t parts[] = {siphash(key, table.data, table.length),
                        siphash(key, name.data, name.length),
                        siphash(key, detail.data, detail.length)};
    uint64_t all = siphash(key, parts, sizeof(parts));

    return all ? all : 1;
}

static int open_file(struct csv_in *in, const char *folder, unsigned count,
                     uint32_t columns[MOSAIC_OF_COUNT], struct tq_error *err)
{
    static const char *const names[MOSAIC_OF_COUNT] = {"table", "part", "name", "detail", "lead"};
    int r = csv_in_open(in, folder, "mosaic.csv", err);

    for (unsigned i = 0; i < count && r == TQ_OK; i++)
        r = csv_in_column(in, names[i], &columns[i], err);
    return r;
}

/* A case shows values of persons masked; it is as good to know it so. */
static int expect_filter(struct expected *expected, struct slice table, struct slice name,
                         struct slice value, struct tq_error *err)
{
    struct buf masked CLEANUP(buf_clear_cleanup) = {0};
    void *item;
    int r;

    mask_value(&masked, value);
    r = buf_check(&masked, err);
    if (r == TQ_OK)
        r = pairing_put(&expected->filters, key_of(table, name, value), &item, err);
    return r < 0 ? r
                 : pairing_put(&expected->filters, key_of(table, name, buf_slice(&masked)), &item,
                               err);
}

static int expect(struct expected *expected, const struct csv_in *in,
                  const uint32_t columns[MOSAIC_OF_COUNT], struct drill_mosaic_score *score,
                  struct tq_error *err)
{
    struct slice table = csv_in_field(in, columns[MOSAIC_OF_TABLE]);
    struct slice name = csv_in_field(in, columns[MOSAIC_OF_NAME]);
    struct slice none = {0};
    void *item;
    int r = pairing_put(&expected->tables, key_of(table, none, none), &item, err);

    if (r < 0)
        return r;
    *(unsigned char *)item = 1;
    if (slice_is(csv_in_field(in, columns[MOSAIC_OF_PART]), "filter")) {
        score->filters++;
        return expect_filter(expected, table, name, csv_in_field(in, columns[MOSAIC_OF_DETAIL]),
                             err);
    }
    score->sources++;
    return pairing_put(&expected->sources, key_of(table, name, none), &item, err);
}

static int load(const char *folder, struct expected *expected, struct drill_mosaic_score *score,
                struct tq_error *err)
{
    struct csv_in in CLEANUP(csv_in_close) = {.fd = -1};
    uint32_t columns[MOSAIC_OF_COUNT];
    bool more = true;
    int r = open_file(&in, folder, MOSAIC_OF_LEAD, columns, err);

    while (r == TQ_OK) {
        r = csv_in_next(&in, &more, err);
        if (r < 0 || !more)
            return r;
        r = expect(expected, &in, columns, score, err);
    }
    return r;
}

/* Whether the truth tells of a table. */
static int is_known(struct expected *expected, struct slice table, bool *out_is,
                    struct tq_error *err)
{
    struct slice none = {0};
    void *item;
    int r = pairing_put(&expected->tables, key_of(table, none, none), &item, err);

    if (r == TQ_OK)
        *out_is = *(unsigned char *)item == 1;
    return r;
}

static void take(struct expected *expected, const struct csv_in *in,
                 const uint32_t columns[MOSAIC_OF_COUNT], struct drill_mosaic_score *score)
{
    struct slice table = csv_in_field(in, columns[MOSAIC_OF_TABLE]);
    struct slice name = csv_in_field(in, columns[MOSAIC_OF_NAME]);
    struct slice detail = csv_in_field(in, columns[MOSAIC_OF_DETAIL]), none = {0};

    if (slice_is(csv_in_field(in, columns[MOSAIC_OF_PART]), "source")) {
        score->sources_told++;
        score->sources_found += pairing_take(&expected->sources, key_of(table, name, none)) != NULL;
    } else if (slice_is(csv_in_field(in, columns[MOSAIC_OF_LEAD]), "1")) {
        score->filters_found +=
            pairing_take(&expected->filters, key_of(table, name, detail)) != NULL;
    }
}

static int compare(const char *exports, struct expected *expected, struct drill_mosaic_score *score,
                   struct tq_error *err)
{
    struct csv_in in CLEANUP(csv_in_close) = {.fd = -1};
    uint32_t columns[MOSAIC_OF_COUNT];
    bool more = true;
    int r = open_file(&in, exports, MOSAIC_OF_COUNT, columns, err);

    while (r == TQ_OK) {
        bool known;

        r = csv_in_next(&in, &more, err);
        if (r < 0 || !more)
            return r;
        r = is_known(expected, csv_in_field(&in, columns[MOSAIC_OF_TABLE]), &known, err);
        if (r == TQ_OK && known)
            take(expected, &in, columns, score);
    }
    return r;
}

int score_mosaic(const char *truth, const char *exports, struct drill_mosaic_score *out_score,
                 struct tq_error *err)
{
    struct expected expected CLEANUP(expected_clear) = {
        .tables = {.item_bytes = 1}, .sources = {.item_bytes = 1}, .filters = {.item_bytes = 1}};
    struct drill_mosaic_score score = {0};
    int r = load(truth, &expected, &score, err);

    if (r == TQ_OK)
        r = compare(exports, &expected, &score, err);
    if (r == TQ_OK)
        *out_score = score;
    return r;
}
