/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/measure.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

void key_tally_clear(struct tally *tally)
{
    free(tally->slots);
    free(tally->keys);
    free(tally->cells);
    free(tally->subjects);
    free(tally->number);
    *tally = (struct tally){0};
}

static int reserve(struct tally *tally, uint32_t count, struct tq_error *err)
{
    size_t slots = 64;
    void *memory;

    while (slots < 2 * (size_t)count)
        slots *= 2;
    if (slots > tally->slot_capacity) {
        memory = alloc_resize(tally->slots, slots, sizeof(*tally->slots));
        if (!memory)
            return tq_no_memory(err);
        tally->slots = memory;
        tally->slot_capacity = slots;
    }
    tally->slot_count = slots;
    memset(tally->slots, 0, slots * sizeof(*tally->slots));

    if (count > tally->key_capacity || !tally->keys) {
        size_t capacity = count + 64;
        uint32_t **arrays[] = {&tally->keys, &tally->cells, &tally->subjects, &tally->number};

        for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++) {
            memory = alloc_resize(*arrays[i], capacity, sizeof(uint32_t));
            if (!memory)
                return tq_no_memory(err);
            *arrays[i] = memory;
        }
        tally->key_capacity = capacity;
    }
    tally->key_count = 0;
    return TQ_OK;
}

static size_t find_slot(const struct tally *tally, uint32_t key)
{
    size_t at = hash_mix(key) & (tally->slot_count - 1);

    while (tally->slots[at] && tally->keys[tally->slots[at] - 1] != key)
        at = (at + 1) & (tally->slot_count - 1);
    return at;
}

int key_tally_number(struct tally *tally, const struct cell_keys *cells, struct tq_error *err)
{
    int r = reserve(tally, cells->count, err);

    if (r < 0)
        return r;
    for (uint32_t i = 0; i < cells->count; i++) {
        size_t at;

        tally->number[i] = KEY_NONE;
        if (!cells->used[i] || cells->key[i] == KEY_NONE)
            continue;
        at = find_slot(tally, cells->key[i]);
        if (!tally->slots[at]) {
            tally->keys[tally->key_count++] = cells->key[i];
            tally->slots[at] = (uint32_t)tally->key_count;
        }
        tally->number[i] = tally->slots[at] - 1;
    }
    return TQ_OK;
}

struct measure key_tally_measure(struct tally *tally, const struct cell_keys *cells,
                                 struct held_view held)
{
    struct measure measure = {0};
    uint64_t meetings = 0;
    double floor;
    size_t end;

    memset(tally->cells, 0, tally->key_count * sizeof(*tally->cells));
    memset(tally->subjects, 0, tally->key_count * sizeof(*tally->subjects));
    for (size_t i = 0; i < held.count; i = end) {
        uint32_t at = held.items[i].at;

        for (end = i + 1; end < held.count && held.items[end].at == at;)
            end++;
        if (!cells->used[at])
            continue;
        measure.compared++;
        if (tally->number[at] != KEY_NONE)
            tally->cells[tally->number[at]]++;
        for (size_t j = i; j < end; j++) {
            uint32_t slot = tally->slots[find_slot(tally, held.items[j].key)];

            if (slot == 0)
                continue;
            tally->subjects[slot - 1]++;
            measure.agreed += slot - 1 == tally->number[at];
        }
    }
    if (measure.compared == 0)
        return measure;
    for (size_t k = 0; k < tally->key_count; k++)
        meetings += (uint64_t)tally->cells[k] * tally->subjects[k];
    floor = 1 / (2. * measure.compared);
    if (measure.compared > 1)
        measure.chance = (double)(meetings - measure.agreed)
                         / ((double)measure.compared * (measure.compared - 1));
    if (measure.chance < floor)
        measure.chance = floor;
    return measure;
}

struct measure tally_measure_few(const struct cell_keys *cells, struct held_view held)
{
    struct measure measure = {.few = true};
    double nats = 0;
    size_t end;

    for (size_t i = 0; i < held.count; i = end) {
        uint32_t at = held.items[i].at;

        for (end = i + 1; end < held.count && held.items[end].at == at;)
            end++;
        if (!cells->used[at])
            continue;
        measure.compared++;
        for (size_t j = i; j < end; j++) {
            if (held.items[j].key == cells->key[at]) {
                measure.agreed++;
                nats += log(held.items[j].chance);
                break;
            }
        }
    }
    if (measure.agreed > 0)
        measure.chance = exp(nats / measure.agreed);
    return measure;
}

double measure_gain(const struct measure *measure)
{
    double n = measure->compared, a, b = measure->chance, gain;

    if (measure->compared == 0)
        return 0;
    a = measure->agreed / n;
    if (b > 1 - 1e-9)
        b = 1 - 1e-9;
    if (a <= b || b <= 0)
        return 0;
    gain = a * log(a / b);
    if (a < 1)
        gain += (1 - a) * log((1 - a) / (1 - b));
    return n * gain;
}

double measure_kappa(const struct measure *measure)
{
    double b = measure->chance;

    if (measure->compared == 0 || b >= 1)
        return 0;
    return ((double)measure->agreed / measure->compared - b) / (1 - b);
}
