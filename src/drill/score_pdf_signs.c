/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "drill/score_pdf_signs.h"

#include "base/cleanup.h"
#include "base/hash.h"
#include "drill/csv_in.h"
#include "drill/pairing.h"

/* A file of signs: where its columns are. */
struct sign_file {
    struct csv_in in;
    uint32_t exhibit, sign, weight;
};

static uint64_t name_of(const struct csv_in *in, uint32_t exhibit, const uint32_t *sign)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = {3};
    struct slice path = csv_in_field(in, exhibit);
    struct slice word = sign ? csv_in_field(in, *sign) : (struct slice){0};
    uint64_t parts[2] = {siphash(key, path.data, path.length), 0}, name;

    if (sign)
        parts[1] = siphash(key, word.data, word.length);
    name = siphash(key, parts, sizeof(parts));
    return name ? name : 1;
}

static int open_file(struct sign_file *file, const char *folder, bool is_export,
                     struct tq_error *err)
{
    int r = csv_in_open(&file->in, folder, "pdf_signs.csv", err);

    if (r == TQ_OK)
        r = csv_in_column(&file->in, "exhibit", &file->exhibit, err);
    if (r == TQ_OK)
        r = csv_in_column(&file->in, "sign", &file->sign, err);
    if (r == TQ_OK && is_export)
        r = csv_in_column(&file->in, "weight", &file->weight, err);
    return r;
}

static int load_truth(const char *truth, struct pairing *signs, struct pairing *edited,
                      struct drill_pdf_score *score, struct tq_error *err)
{
    struct sign_file file = {.in = {.fd = -1}};
    int r = open_file(&file, truth, false, err);
    bool more = true;
    void *item;

    while (r == TQ_OK) {
        r = csv_in_next(&file.in, &more, err);
        if (r < 0 || !more)
            break;
        score->made++;
        r = pairing_put(signs, name_of(&file.in, file.exhibit, &file.sign), &item, err);
        if (r == TQ_OK)
            r = pairing_put(edited, name_of(&file.in, file.exhibit, NULL), &item, err);
    }
    csv_in_close(&file.in);
    return r;
}

/* Rows of one exhibit follow one another. */
static int compare(const char *exports, struct pairing *signs, struct pairing *edited,
                   struct drill_pdf_score *score, struct tq_error *err)
{
    struct sign_file file = {.in = {.fd = -1}};
    int r = open_file(&file, exports, true, err);
    uint64_t last = 0;
    bool more = true;

    while (r == TQ_OK) {
        uint64_t exhibit;

        r = csv_in_next(&file.in, &more, err);
        if (r < 0 || !more)
            break;
        exhibit = name_of(&file.in, file.exhibit, NULL);
        score->found += pairing_take(signs, name_of(&file.in, file.exhibit, &file.sign)) != NULL;
        if (exhibit == last || slice_is(csv_in_field(&file.in, file.weight), "weak"))
            continue;
        last = exhibit;
        score->told++;
        score->unjust += pairing_take(edited, exhibit) == NULL;
    }
    csv_in_close(&file.in);
    return r;
}

int score_pdf_signs(const char *truth, const char *exports, struct drill_pdf_score *out_score,
                    struct tq_error *err)
{
    struct pairing signs CLEANUP(pairing_clear) = {.item_bytes = 1};
    struct pairing edited CLEANUP(pairing_clear) = {.item_bytes = 1};
    struct drill_pdf_score score = {0};
    int r = load_truth(truth, &signs, &edited, &score, err);

    if (r == TQ_OK)
        r = compare(exports, &signs, &edited, &score, err);
    if (r == TQ_OK)
        *out_score = score;
    return r;
}
