/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/dependence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/normalise.h"

#define CLASSES  5u   /* of a column: fifths of numbers, the four commonest values and the rest */
#define NATS_MIN 0.05 /* of the register: what depends less is not worth a test */
#define NO_CLASS UINT8_MAX

struct table_of_classes {
    uint64_t counts[CLASSES][CLASSES];
};

/* ---- classes ---- */

/* The bounds between the classes of one column, learnt from the register. */
struct classes {
    bool by_number;
    int64_t bounds[CLASSES - 1];
    uint64_t prints[CLASSES - 1];
};

static int compare_numbers(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;

    return (first > second) - (first < second);
}

/* The commonest of sorted prints; the first of several that are equally common. */
static void find_commonest(const uint64_t *prints, size_t count, struct classes *classes)
{
    size_t best[CLASSES - 1] = {0};

    for (size_t i = 0, end; i < count; i = end) {
        unsigned place = CLASSES - 1;

        for (end = i; end < count && prints[end] == prints[i];)
            end++;
        while (place > 0 && end - i > best[place - 1])
            place--;
        if (place == CLASSES - 1)
            continue;
        for (unsigned k = CLASSES - 2; k > place; k--) {
            best[k] = best[k - 1];
            classes->prints[k] = classes->prints[k - 1];
        }
        best[place] = end - i;
        classes->prints[place] = prints[i];
    }
}

static void learn(const struct shown_rows *rows, uint16_t column, int64_t *scratch,
                  struct classes *classes)
{
    enum value_type type = rows->columns[column].type;
    size_t count = 0;

    *classes = (struct classes){.by_number = type == TYPE_AMOUNT || type == TYPE_NUMBER
                                             || type == TYPE_DATE || type == TYPE_ID};
    for (size_t i = 0; i < rows->row_count; i++) {
        const struct shown_value *value = &rows->values[i * rows->column_count + column];

        if (rows->groups[i] != SHOWN_BY_REGISTER || value->print == FINGERPRINT_NONE
            || (classes->by_number && !(value->flags & SHOWN_NUMBER)))
            continue;
        scratch[count++] = classes->by_number ? value->number : (int64_t)value->print;
    }
    qsort(scratch, count, sizeof(*scratch), compare_numbers);
    if (!classes->by_number) {
        find_commonest((const uint64_t *)scratch, count, classes);
        return;
    }
    for (unsigned i = 0; i + 1 < CLASSES && count > 0; i++)
        classes->bounds[i] = scratch[count * (i + 1) / CLASSES];
}

static uint8_t class_of(const struct classes *classes, const struct shown_value *value)
{
    uint8_t class = 0;

    if (value->print == FINGERPRINT_NONE || (classes->by_number && !(value->flags & SHOWN_NUMBER)))
        return NO_CLASS;
    while (class + 1u < CLASSES
           && (classes->by_number ? value->number >= classes->bounds[class]
                                  : value->print != classes->prints[class]))
        class ++;
    return class;
}

/* ---- mutual information ---- */

static struct dependence measure(const struct table_of_classes *table)
{
    double rows[CLASSES] = {0}, columns[CLASSES] = {0}, n = 0, mean = 0, square = 0;
    unsigned row_classes = 0, column_classes = 0;

    for (unsigned i = 0; i < CLASSES; i++) {
        for (unsigned k = 0; k < CLASSES; k++) {
            rows[i] += (double)table->counts[i][k];
            columns[k] += (double)table->counts[i][k];
            n += (double)table->counts[i][k];
        }
    }
    for (unsigned i = 0; i < CLASSES; i++) {
        row_classes += rows[i] > 0;
        column_classes += columns[i] > 0;
        for (unsigned k = 0; k < CLASSES; k++) {
            double count = (double)table->counts[i][k], ratio;

            if (count <= 0)
                continue;
            ratio = log(count * n / (rows[i] * columns[k]));
            mean += count / n * ratio;
            square += count / n * ratio * ratio;
        }
    }
    if (n <= 0)
        return (struct dependence){0};
    return (struct dependence){
        .rows = (uint64_t)n,
        .nats = mean - (double)((row_classes - 1) * (column_classes - 1)) / (2 * n),
        /* the second term: where nothing depends, the first vanishes and chi-square is left */
        .variance = (square - mean * mean) / n
                    + (double)((row_classes - 1) * (column_classes - 1)) / (2 * n * n)};
}

/* A row of which neither value is doubtful says nothing of what was invented. */
static bool is_counted(const struct shown_value *first, const struct shown_value *second,
                       uint8_t group)
{
    return group != SHOWN_BY_DOUBTFUL || ((first->flags | second->flags) & SHOWN_DOUBTFUL);
}

static void measure_pair(const struct shown_rows *rows, const uint8_t *classes,
                         struct dependent_pair *pair)
{
    struct table_of_classes tables[SHOWN_GROUP_COUNT] = {0};

    for (size_t i = 0; i < rows->row_count; i++) {
        size_t row = i * rows->column_count;
        uint8_t a = classes[row + pair->first], b = classes[row + pair->second];

        if (a != NO_CLASS && b != NO_CLASS
            && is_counted(&rows->values[row + pair->first], &rows->values[row + pair->second],
                          rows->groups[i]))
            tables[rows->groups[i]].counts[a][b]++;
    }
    for (unsigned i = 0; i < SHOWN_GROUP_COUNT; i++)
        pair->found[i] = measure(&tables[i]);
}

/* ---- pairs ---- */

static int classify(const struct shown_rows *rows, uint8_t **out_classes, struct tq_error *err)
{
    size_t count = rows->row_count * rows->column_count;
    CLEANUP(free_cleanup) int64_t *scratch = alloc_zeroed(rows->row_count + 1, sizeof(*scratch));
    uint8_t *classes = scratch ? alloc_zeroed(count + 1, 1) : NULL;

    if (!classes)
        return tq_no_memory(err);
    for (uint16_t k = 0; k < rows->column_count; k++) {
        struct classes bounds;

        learn(rows, k, scratch, &bounds);
        for (size_t i = k; i < count; i += rows->column_count)
            classes[i] = class_of(&bounds, &rows->values[i]);
    }
    *out_classes = classes;
    return TQ_OK;
}

static void keep_pair(const struct dependent_pair *pair, struct dependent_pair *pairs,
                      size_t *count)
{
    size_t place = *count;

    while (place > 0
           && pair->found[SHOWN_BY_REGISTER].nats > pairs[place - 1].found[SHOWN_BY_REGISTER].nats)
        place--;
    if (place == DEPENDENT_PAIRS_MAX)
        return;
    if (*count < DEPENDENT_PAIRS_MAX)
        ++*count;
    memmove(pairs + place + 1, pairs + place, (*count - place - 1) * sizeof(*pairs));
    pairs[place] = *pair;
}

int dependence_find_pairs(const struct shown_rows *rows, struct dependent_pair *out_pairs,
                          size_t *out_count, struct tq_error *err)
{
    CLEANUP(free_cleanup) uint8_t *classes = NULL;
    int r = classify(rows, &classes, err);

    *out_count = 0;
    for (uint16_t i = 0; i < rows->column_count && r == TQ_OK; i++) {
        for (uint16_t k = (uint16_t)(i + 1); k < rows->column_count; k++) {
            struct dependent_pair pair = {.first = i, .second = k};

            measure_pair(rows, classes, &pair);
            if (pair.found[SHOWN_BY_REGISTER].rows >= DEPENDENCE_LEAST
                && pair.found[SHOWN_BY_REGISTER].nats >= NATS_MIN)
                keep_pair(&pair, out_pairs, out_count);
        }
    }
    return r;
}
