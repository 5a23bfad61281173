/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is embedded in old office files. All samples are made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "compound_sample.h"
#include "recorder.h"

/* A recorder that keeps the bytes of the last member. */
struct keeper {
    struct recorder recorder; /* first: its functions take this for one */
    struct buf member;
};

static int keep_bytes(void *state, struct slice bytes, struct tq_error *err)
{
    struct keeper *keeper = state;
    struct sink sink = recorder_sink(&keeper->recorder);

    buf_add_slice(&keeper->member, bytes);
    return sink.member_bytes(state, bytes, err);
}

static void keeper_clear(struct keeper *keeper)
{
    recorder_clear(&keeper->recorder);
    buf_clear(&keeper->member);
}

static void keeper_read(struct keeper *keeper, struct slice bytes)
{
    int fd = memfd_create("sample", 0);
    struct extract_input input = {.fd = fd, .size_bytes = bytes.length, .name = SLICE_LITERAL("x")};
    struct sink sink = recorder_sink(&keeper->recorder);
    struct tq_error err;

    assert_int_equal(write(fd, bytes.data, bytes.length), (ssize_t)bytes.length);
    sink.member_bytes = keep_bytes;
    assert_int_equal(extract_read(&input, &extract_limits_default, &sink, &err), TQ_OK);
    close(fd);
}

/* A text of Word 6. */
static struct buf word_stream(const char *text)
{
    struct buf out = {0};
    char *at = buf_extend(&out, 0x20);

    assert_non_null(at);
    memset(at, 0, 0x20);
    at[2] = 0x65;
    at[0x18] = 0x20;
    at[0x1C] = (char)(0x20 + strlen(text));
    buf_add_text(&out, text);
    return out;
}

/* A file of six bytes as the packager keeps it. */
static const char native[] =
    "\x02\0note.txt\0C:\\note.txt\0\0\0\x03\0\x05\0\0\0C:\\t\0\x06\0\0\0AB0042";

/* With its length before, as it is in a stream. */
static struct buf native_stream(void)
{
    struct buf out = {0};

    buf_add_byte(&out, (char)(sizeof(native) - 1));
    buf_add(&out, "\0\0\0", 3);
    buf_add(&out, native, sizeof(native) - 1);
    return out;
}

/* A document with a document, a package, a file, a formula and a picture in it. */
static void make_document(struct buf *out)
{
    struct buf outer = word_stream("liste jointe"), inner = word_stream("Mme ALAOUI AB0042");
    struct buf package = native_stream(), large = {0};

    for (int i = 0; i < 700; i++)
        buf_add_text(&large, "PK3ABCD");
    {
        const struct sample_entry entries[] = {
            {"Root Entry", COMPOUND_ROOT, COMPOUND_NONE, {0}},
            {"WordDocument", COMPOUND_STREAM, 0, buf_slice(&outer)},
            {"ObjectPool", COMPOUND_STORAGE, 0, {0}},
            {"_1001", COMPOUND_STORAGE, 2, {0}},
            {"WordDocument", COMPOUND_STREAM, 3, buf_slice(&inner)},
            {"Deep", COMPOUND_STORAGE, 3, {0}},
            {"Large", COMPOUND_STREAM, 5, buf_slice(&large)},
            {"_1002", COMPOUND_STORAGE, 2, {0}},
            {"\001Ole10Native", COMPOUND_STREAM, 7, buf_slice(&package)},
            {"_1003", COMPOUND_STORAGE, 2, {0}},
            {"Package", COMPOUND_STREAM, 9, buf_slice(&large)},
            {"_1004", COMPOUND_STORAGE, 2, {0}},
            {"Equation Native", COMPOUND_STREAM, 11, SLICE_LITERAL("x+y")},
            {"_1005", COMPOUND_STORAGE, 2, {0}},
            {"\003META", COMPOUND_STREAM, 13, SLICE_LITERAL("picture")},
        };

        compound_sample(entries, sizeof(entries) / sizeof(entries[0]), out);
    }
    buf_clear(&outer);
    buf_clear(&inner);
    buf_clear(&package);
    buf_clear(&large);
}

static void each_object_of_a_document_is_a_member_or_counted(void **state)
{
    struct buf sample = {0};
    struct recorder recorder = {0};

    (void)state;
    make_document(&sample);
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type doc\n"));
    assert_true(recorder_has(&recorder, "words: liste jointe\n"));
    assert_true(recorder_has(&recorder, "member _1001\n"));
    assert_true(recorder_has(&recorder, "member note.txt\nend 6 bytes, whole\n"));
    assert_true(recorder_has(&recorder, "member _1003\nend 4900 bytes, whole\n"));
    assert_true(recorder_has(&recorder, "1 formulas within it were not read"));
    assert_true(recorder_has(&recorder, "1 objects within it are links or pictures alone"));
    assert_int_equal(recorder.members, 3);
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void a_document_within_a_document_is_one_of_its_own(void **state)
{
    struct buf sample = {0}, inner = word_stream("Mme ALAOUI AB0042");
    struct keeper outer = {0};
    struct recorder recorder = {0};

    (void)state;
    {
        struct buf first = word_stream("liste jointe");
        const struct sample_entry entries[] = {
            {"Root Entry", COMPOUND_ROOT, COMPOUND_NONE, {0}},
            {"WordDocument", COMPOUND_STREAM, 0, buf_slice(&first)},
            {"ObjectPool", COMPOUND_STORAGE, 0, {0}},
            {"_1001", COMPOUND_STORAGE, 2, {0}},
            {"WordDocument", COMPOUND_STREAM, 3, buf_slice(&inner)},
            {"ObjectPool", COMPOUND_STORAGE, 3, {0}},
            {"_2001", COMPOUND_STORAGE, 5, {0}},
            {"Package", COMPOUND_STREAM, 6, SLICE_LITERAL("CIN AB0043\n")},
        };

        compound_sample(entries, sizeof(entries) / sizeof(entries[0]), &sample);
        buf_clear(&first);
    }
    keeper_read(&outer, buf_slice(&sample));
    assert_int_equal(outer.recorder.members, 1);
    assert_true(recorder_has(&outer.recorder, "bytes, whole\n"));
    assert_int_equal(recorder_read(&recorder, buf_slice(&outer.member), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type doc\n"));
    assert_true(recorder_has(&recorder, "words: Mme ALAOUI AB0042\n"));
    assert_true(recorder_has(&recorder, "member _2001\nend 11 bytes, whole\n"));
    torture(buf_slice(&outer.member), "x", 100, 2000);
    recorder_clear(&recorder);
    keeper_clear(&outer);
    buf_clear(&inner);
    buf_clear(&sample);
}

static void objects_of_a_workbook_are_members(void **state)
{
    static const char book[] = "\x09\x08\x08\0\0\x06\x10\0\0\0\0\0\x0A\0\0\0";
    struct buf sample = {0};
    struct recorder recorder = {0};
    const struct sample_entry entries[] = {
        {"Root Entry", COMPOUND_ROOT, COMPOUND_NONE, {0}},
        {"Workbook", COMPOUND_STREAM, 0, slice_make(book, sizeof(book) - 1)},
        {"MBD0018A2B3", COMPOUND_STORAGE, 0, {0}},
        {"Package", COMPOUND_STREAM, 2, SLICE_LITERAL("CIN AB0043\n")},
        {"_VBA_PROJECT_CUR", COMPOUND_STORAGE, 0, {0}},
        {"PROJECT", COMPOUND_STREAM, 4, SLICE_LITERAL("ID=1")},
    };

    (void)state;
    compound_sample(entries, sizeof(entries) / sizeof(entries[0]), &sample);
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type xls\n"));
    assert_true(recorder_has(&recorder, "member MBD0018A2B3\nend 11 bytes, whole\n"));
    assert_int_equal(recorder.members, 1);
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void objects_of_a_presentation_are_members_packed_or_not(void **state)
{
    static const char plain[] = "\0\0\x11\x10\x05\0\0\0hello";
    /* "hello" by deflate, stored */
    static const char packed[] =
        "\x10\0\x11\x10\x10\0\0\0\x05\0\0\0\x78\x01\x01\x05\0\xFA\xFFhello";
    struct buf sample = {0}, stream = {0};
    struct recorder recorder = {0};

    (void)state;
    buf_add(&stream, plain, sizeof(plain) - 1);
    buf_add(&stream, packed, sizeof(packed) - 1);
    {
        const struct sample_entry entries[] = {
            {"Root Entry", COMPOUND_ROOT, COMPOUND_NONE, {0}},
            {"PowerPoint Document", COMPOUND_STREAM, 0, buf_slice(&stream)},
        };

        compound_sample(entries, sizeof(entries) / sizeof(entries[0]), &sample);
    }
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type ppt\n"));
    assert_true(recorder_has(&recorder, "member part-1\nend 5 bytes, whole\n"));
    assert_true(recorder_has(&recorder, "member part-2\nend 5 bytes, whole\n"));
    torture(buf_slice(&sample), "x", 100, 500);
    recorder_clear(&recorder);
    buf_clear(&sample);
    buf_clear(&stream);
}

static void an_object_alone_gives_its_file(void **state)
{
    struct buf sample = {0}, package = native_stream();
    struct recorder recorder = {0};
    const struct sample_entry entries[] = {
        {"Root Entry", COMPOUND_ROOT, COMPOUND_NONE, {0}},
        {"\001CompObj", COMPOUND_STREAM, 0, SLICE_LITERAL("Package")},
        {"\001Ole10Native", COMPOUND_STREAM, 0, buf_slice(&package)},
    };

    (void)state;
    compound_sample(entries, sizeof(entries) / sizeof(entries[0]), &sample);
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "oleObject1.bin"), TQ_OK);
    assert_true(recorder_has(&recorder, "type ole\nmember note.txt\nend 6 bytes, whole\n"));
    torture(buf_slice(&sample), "x", 100, 1000);
    recorder_clear(&recorder);
    buf_clear(&sample);
    buf_clear(&package);
}

static void objects_of_rich_text_are_members(void **state)
{
    struct buf sample = {0}, object = {0};
    struct recorder recorder = {0};

    (void)state;
    buf_add(&object, "\x01\x05\0\0\x02\0\0\0\x08\0\0\0Package\0\0\0\0\0\0\0\0\0", 28);
    buf_add_byte(&object, (char)(sizeof(native) - 1));
    buf_add(&object, "\0\0\0", 3);
    buf_add(&object, native, sizeof(native) - 1);
    buf_add_text(&sample, "{\\rtf1 avant {\\object\\objemb{\\*\\objdata ");
    for (size_t i = 0; i < object.length; i++)
        buf_format(&sample, "%02x%s", (unsigned)(unsigned char)object.data[i],
                   i % 16 == 15 ? "\r\n" : "");
    buf_add_text(&sample, "}{\\result image}} apres {\\object{\\*\\objdata 0105}}\\par}");
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "member note.txt\nend 6 bytes, whole\n"));
    assert_true(recorder_has(&recorder, "words: avant image apres"));
    assert_true(recorder_has(&recorder, "1 embedded objects were not read"));
    torture(buf_slice(&sample), "x", 300, 300);
    recorder_clear(&recorder);
    buf_clear(&sample);
    buf_clear(&object);
}

static void damaged_documents_with_objects_are_read_to_the_end(void **state)
{
    struct buf sample = {0};

    (void)state;
    make_document(&sample);
    torture(buf_slice(&sample), "x", 300, 4000);
    buf_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_object_of_a_document_is_a_member_or_counted),
        cmocka_unit_test(a_document_within_a_document_is_one_of_its_own),
        cmocka_unit_test(objects_of_a_workbook_are_members),
        cmocka_unit_test(objects_of_a_presentation_are_members_packed_or_not),
        cmocka_unit_test(an_object_alone_gives_its_file),
        cmocka_unit_test(objects_of_rich_text_are_members),
        cmocka_unit_test(damaged_documents_with_objects_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
