/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>

#include "base/moment.h"
#include "rules/rule_test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rule_fact fact_of(int64_t number, int32_t known_from, uint16_t period)
{
    return (struct rule_fact){.has_number = true,
                              .number = number,
                              .text = SLICE_LITERAL("cs"),
                              .raw = SLICE_LITERAL("78949"),
                              .holders = 1,
                              .period = period,
                              .valid_from = MOMENT_MIN,
                              .valid_to = MOMENT_MAX,
                              .known_from = known_from,
                              .known_to = MOMENT_MAX};
}

/* Whatever a rule says, testing it on extreme facts ends and stays within its arrays. */
static void test_all(const struct rule_set *set)
{
    const uint16_t month = month_number(2024, 3);
    const struct rule_fact items[] = {fact_of(0, MOMENT_MIN, MONTH_NONE), fact_of(2600, 5, month),
                                      fact_of(INT64_MAX, 5, month),
                                      fact_of(INT64_MIN, MOMENT_MAX - 1, UINT16_MAX)};
    const struct rule_facts facts = {
        .items = items, .count = 4, .by_period = true, .period_first = 1};
    struct rule_facts *fields = calloc(set->name_count + 1, sizeof(*fields));
    const struct rule_subject subject = {.set = set, .fields = fields, .today = 28000000};

    if (!fields)
        abort();
    for (size_t i = 0; i < set->name_count; i++)
        fields[i] = facts;
    for (size_t i = 0; i < set->rule_count; i++) {
        struct rule_count count = {0};

        rule_test_subject(&subject, &set->rules[i], &facts, &count);
        if (count.facts + count.untested != 4 || count.failed > count.facts)
            abort();
    }
    free(fields);
}

/* Any bytes are rules or give a complaint that names a place. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rule_set *set = NULL;
    struct tq_error err = {0};
    int r = rule_set_parse(slice_make((const char *)data, size), "rules.yaml", &set, &err);

    if (r < 0 && (set || err.message[0] == '\0'))
        abort();
    if (r == TQ_OK)
        test_all(set);
    (void)rule_set_free(set);
    return 0;
}
