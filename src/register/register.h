/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_REGISTER_H
#define REGISTER_REGISTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/moment.h"
#include "base/slice.h"
#include "model/interpretation.h"
#include "model/reading.h"
#include "normalise/normalise.h"
#include "register/field_set.h"

/*
 * The register in memory: one column store per field, dictionary-encoded, read-only, so any number
 * of threads may ask at the same time. Stages read the arrays directly; they are the contract.
 *
 * An open register has its head in memory. The keys of its subjects, and dictionaries and facts,
 * which are all the rest, are read when somebody first needs them: call reg_load_subjects(), or
 * reg_load() for those of a field, before touching them.
 *
 * A *kind* is a sort of subject ("person"); its subjects are numbered 0..subject_count-1 in
 * bytewise order of their keys. A field belongs to one kind. A *value* is a distinct text of a
 * field; a *key* is a distinct canonical form of values (two spellings of a name are two values of
 * one key). Comparing is comparing key numbers.
 *
 * A register of fingerprints only has no texts: there a value is a key, in the order of the
 * fingerprints, and who would look into its text has to ask field->fingerprints_only first.
 */
struct kind {
    const char *name;
    uint32_t subject_count; /* always there */

    /* After reg_load_subjects(). */
    const uint32_t *subject_text;      /* subject_count + 1 offsets into subject_bytes */
    const char *subject_bytes;         /* the register keys, as the institution writes them */
    uint16_t field_first, field_count; /* its fields are fields[field_first ...] */
    uint16_t full_name;                /* the derived field of TYPE_FULL_NAME, or FIELD_NONE */
};

/* Fingerprint to key number: 64-byte buckets of 8 x (32-bit tag, 32-bit number); measured.md 3.
 * Never full: key_count / 4.8 buckets. */
struct key_index {
    struct key_bucket *buckets;
    uint32_t bucket_count;
};

struct field {
    const char *name; /* the description's word */
    enum value_type type;
    enum category category;
    enum form form; /* type_form(type) */
    uint8_t kind;
    uint8_t ref_kind; /* TYPE_REF: the kind pointed to; else KIND_NONE */
    bool periodic;
    bool derived;           /* made by us (the full name), not listed in the description */
    const char *check;      /* name of the check scheme, or NULL */
    bool fingerprints_only; /* as the register: all texts of values and keys are empty */

    uint32_t fact_count;

    /* FIELD_HELD. Facts of subject s: [fact_start[s], fact_start[s + 1]), sorted by (period,
     * known_from, value). */
    const uint32_t *fact_start; /* subject_count + 1 */
    const uint32_t *fact_key;
    const uint32_t *fact_value;
    const uint16_t *fact_period; /* month_number(); NULL unless periodic */

    /* FIELD_TIMES. In minutes; half-open. */
    const int32_t *known_from, *known_to; /* NULL: all facts were always known */
    const int32_t *valid_from, *valid_to; /* NULL: all facts are valid always */

    /* FIELD_HOLDERS. */
    const uint32_t *posting_start; /* key_count + 1: subjects that hold the key at any time, */
    const uint32_t *posting;       /* rising; its length is the key's frequency df */
    uint32_t holders;              /* subjects with at least one value */
    bool shareable;                /* .5 % or more of its keys are held by several subjects */

    uint32_t value_count, key_count; /* always there */

    /* FIELD_DICTIONARY. Values, sorted bytewise. */
    const uint32_t *value_text; /* value_count + 1 offsets into value_bytes */
    const char *value_bytes;
    const uint32_t *value_key; /* NULL: no two values have one key, so it has the value's number */

    /* Keys, in order of first value. Canonical bytes as normalise() gives them: the
     * same arrays as the values' where all values are written so. */
    const uint32_t *key_text; /* key_count + 1 offsets into key_bytes */
    const char *key_bytes;
    const uint64_t *key_fingerprint;
    const uint32_t *key_subject; /* TYPE_REF: subject of ref_kind, or SUBJECT_NONE; else NULL */
    struct key_index index;

    double density; /* rho_f of algorithms.md 1.6: chance that an altered value exists */
};

/* Where a register comes from: what a refresh asks of the one that it begins with. */
#define REG_SOURCE_BYTES 16u
struct reg_source {
    bool told;     /* it was built from a description; else nothing of this is known */
    int32_t as_of; /* the moment whose state it shows; of files: when they were read */
    uint8_t digest[REG_SOURCE_BYTES]; /* description_digest() of the description */
};

/* A table that the register was built from, as its description tells. */
struct reg_table {
    const char *name;
    const char *key; /* header of the column that names the subject */
    uint8_t kind;
    bool periodic;      /* a row for each period */
    uint16_t key_field; /* what a table of its kind says the key column is; or FIELD_NONE */
    uint16_t field_count;
    const uint16_t *fields; /* numbers of those that its columns feed, rising */
};

struct register_file; /* the memory behind it */
struct sealed;        /* the file behind it */

struct reg {
    char *name;
    char *country_code;
    char *timezone;
    struct normaliser normaliser;
    uint8_t kind_count;
    struct kind *kinds;
    uint16_t field_count;
    struct field *fields;
    bool fingerprints_only; /* holds no value: without_values.h */
    struct reg_source source;
    uint16_t table_count;           /* none of a register that was built before they were kept */
    const struct reg_table *tables; /* in the order of the description */
    int32_t known_from, known_to;   /* span of all finite known times: dating's horizon */
    struct register_file *file;     /* owns all arrays */
    struct sealed *sealed;          /* where facts are read from; NULL: all are in memory */
};

/*
 * Open a sealed register. *out_reg is owned by the caller; reg_free() (NULL allowed).
 * TQ_E_IO: cannot be read; TQ_E_KEY: wrong key or flipped bits; TQ_E_SYNTAX: not a register, cut
 * short, or of another version. What is read later is authenticated when it is read; what is never
 * read, and the file as a whole, are checked in the background: see reg_seal().
 */
int reg_open(const char *path, const char *key_path, struct reg **out_reg,
             struct tq_error *err) MUST_CHECK;
struct reg *reg_free(struct reg *reg);

/*
 * Wait until every byte of the file was checked; out_seal: its SHA-256, which names this register
 * in ledgers and reports. Whoever says something of a register asks for this first. Errors as
 * reg_open(); again and again if there is one. A register in memory alone has a seal of zeros.
 */
int reg_seal(const struct reg *reg, uint8_t out_seal[SHA256_BYTES],
             struct tq_error *err) MUST_CHECK;

/* Have the keys of all subjects in memory. Any thread may ask; errors as reg_load(). */
int reg_load_subjects(const struct reg *reg, struct tq_error *err) MUST_CHECK;

/* What of a field is in memory, as a sum; nothing when the register is opened. */
enum {
    FIELD_DICTIONARY = 1, /* values, keys, and the index of keys */
    FIELD_HELD = 3,       /* also what each subject holds, and in which period */
    FIELD_HOLDERS = 7,    /* also who holds each key */
    FIELD_TIMES = 9,      /* when */
    FIELD_WHOLE = 15
};

/*
 * Have such parts of fields in memory: of those that are `wanted` (NULL: of all). Any
 * thread may ask; what is there already costs nothing. TQ_E_IO, TQ_E_SYNTAX, TQ_E_NOMEM: it could
 * not be read.
 */
int reg_load(const struct reg *reg, const struct field_set *wanted, unsigned parts,
             struct tq_error *err) MUST_CHECK;
int reg_load_field(const struct reg *reg, uint16_t number, unsigned parts,
                   struct tq_error *err) MUST_CHECK;

/*
 * Give the memory of all other fields back than those `wanted`, by number: they are read again when
 * somebody asks. Whoever calls is the only one that uses the register, and has no pointer into the
 * others. Nothing is given back of a register in memory alone.
 */
void reg_keep(const struct reg *reg, const bool *wanted);

static inline const struct field *reg_field(const struct reg *reg, uint16_t number)
{
    return &reg->fields[number];
}

/* Field of this name and kind, or FIELD_NONE. */
uint16_t reg_find_field(const struct reg *reg, uint8_t kind, struct slice name);
uint8_t reg_find_kind(const struct reg *reg, struct slice name);

/* After reg_load_subjects(). */
struct slice reg_subject_key(const struct reg *reg, uint8_t kind, uint32_t subject);
uint32_t reg_find_subject(const struct reg *reg, uint8_t kind, struct slice key);

static inline struct slice field_value_text(const struct field *field, uint32_t value)
{
    return slice_make(field->value_bytes + field->value_text[value],
                      field->value_text[value + 1] - field->value_text[value]);
}

static inline struct slice field_key_text(const struct field *field, uint32_t key)
{
    return slice_make(field->key_bytes + field->key_text[key],
                      field->key_text[key + 1] - field->key_text[key]);
}

static inline uint32_t field_value_key(const struct field *field, uint32_t value)
{
    return field->value_key ? field->value_key[value] : value;
}

static inline uint32_t field_key_frequency(const struct field *field, uint32_t key)
{
    return field->posting_start[key + 1] - field->posting_start[key];
}

/* Key number of a fingerprint, or KEY_NONE. */
uint32_t field_find_key(const struct field *field, uint64_t fingerprint);

/* The same for many, prefetching: out_keys[i] for fingerprints[i]; FINGERPRINT_NONE gives KEY_NONE.
 */
void field_find_keys(const struct field *field, const uint64_t *fingerprints, size_t count,
                     uint32_t *out_keys);

/* "family_name", "employer>name", "salary@2024-03", "employer>name@any". */
void target_format(const struct reg *reg, const struct target *target, struct buf *out);

#endif
