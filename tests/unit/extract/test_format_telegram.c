/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void files_get_the_facts_of_their_messages(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("telegram/result.json");

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "result.json"), TQ_OK);
    assert_true(recorder_has(&recorder, "type telegram\n"));
    assert_true(recorder_has(&recorder, "fact telegram.channel = Sample channel\n"));
    assert_true(recorder_has(&recorder, "fact telegram.type = public_channel\n"));
    assert_true(recorder_has(&recorder, "fact member:files/x.csv:telegram.message = 1\n"));
    assert_true(
        recorder_has(&recorder, "fact member:files/x.csv:telegram.date = 2025-04-08T21:10:00Z\n"));
    assert_true(
        recorder_has(&recorder, "fact member:photos/a.jpg:telegram.forwarded_from = Other\n"));
    assert_null(strstr(recorder.log.data, "member:(File"));
    assert_int_equal(recorder.pages, 0);
    assert_int_equal(recorder.rows, 0);
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void pages_of_messages_say_the_same_as_json(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("telegram_html/messages.html");

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "messages.html"), TQ_OK);
    assert_true(recorder_has(&recorder, "type telegram\n"));
    assert_true(recorder_has(&recorder, "fact telegram.channel = Sample & channel\n"));
    assert_true(recorder_has(&recorder, "fact member:files/x & y.csv:telegram.message = 17\n"));
    assert_true(recorder_has(&recorder,
                             "fact member:files/x & y.csv:telegram.date = 2025-04-08T21:10:00Z\n"));
    assert_true(recorder_has(&recorder, "fact member:photos/photo_1@09-04-2025_00-11-30.jpg:"
                                        "telegram.date = 2025-04-09T00:11:30\n"));
    assert_true(recorder_has(&recorder, "jpg:telegram.forwarded_from = Other channel\n"));
    assert_true(
        recorder_has(&recorder, "fact member:files/z.pdf:telegram.date = 2025-04-09T03:42:00Z\n"));
    assert_null(strstr(recorder.log.data, "z.pdf:telegram.forwarded_from"));
    assert_null(strstr(recorder.log.data, "files.example"));
    assert_int_equal(recorder.pages, 0);
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void much_text_of_pages_becomes_pages(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "<html><div class=\"page_body chat_page\"><div class=\"history\">");
    for (int i = 0; i < 100; i++) /* none of them ends */
        buf_format(&text,
                   "<div class=\"message default\" id=\"message%d\"><div class=\"text\">\n"
                   "the  person\n<b>number</b> %d<br/>lives in &quot;Rabat&quot;",
                   i, i);
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_true(recorder.pages > 0);
    assert_true(recorder_has(&recorder, "the person number 1 lives in \"Rabat\" the person"));
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void much_text_becomes_pages(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "{\"name\":\"c\",\"type\":\"private_group\",\"id\":1,\"messages\":[");
    for (int i = 0; i < 100; i++)
        buf_format(&text,
                   "%s{\"id\":%d,\"type\":\"message\",\"date\":\"2025-04-08T22:10:00\","
                   "\"text\":\"the person number %d lives in Rabat\"}",
                   i ? "," : "", i, i);
    buf_add_text(&text, "]}");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "result.json"), TQ_OK);
    assert_int_equal(recorder.pages, 2);
    assert_true(recorder_has(&recorder, "page 2 280 words: the person number 60 lives"));
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct buf sample = corpus_load("telegram/result.json");

    (void)state;
    torture(buf_slice(&sample), "result.json", (unsigned)sample.length, 660);
    buf_clear(&sample);
    sample = corpus_load("telegram_html/messages.html");
    torture(buf_slice(&sample), "messages.html", 700, 700);
    buf_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_get_the_facts_of_their_messages),
        cmocka_unit_test(pages_of_messages_say_the_same_as_json),
        cmocka_unit_test(much_text_of_pages_becomes_pages),
        cmocka_unit_test(much_text_becomes_pages),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
