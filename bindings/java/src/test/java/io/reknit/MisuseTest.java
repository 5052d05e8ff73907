package io.reknit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What a program may do wrong, and that each mistake is an exception and never a crash. */
class MisuseTest {
    private static final String RECORDS =
            "{\"records\": ["
                    + "{\"source\": \"crm\", \"id\": \"1\", \"name\": \"Ana Pérez\", \"email\": \"ana@x.io\"},"
                    + "{\"source\": \"shop\", \"id\": \"7\", \"name\": \"Ana Perez\", \"email\": \"Ana@X.io\"},"
                    + "{\"source\": \"shop\", \"id\": \"8\", \"name\": \"Bo Li\", \"email\": \"bo@y.org\"}]}";

    private static final String EXAMPLES =
            "{\"examples\": ["
                    + "{\"label\": \"refund\", \"text\": \"I want my money back\"},"
                    + "{\"label\": \"refund\", \"text\": \"please refund the money for this order\"},"
                    + "{\"label\": \"refund\", \"text\": \"money back please, a refund\"},"
                    + "{\"label\": \"delivery\", \"text\": \"where is my parcel\"},"
                    + "{\"label\": \"delivery\", \"text\": \"the parcel has not arrived\"},"
                    + "{\"label\": \"delivery\", \"text\": \"my parcel is late, where is it\"}]}";

    private static void refused(String name, Callable<?> call) {
        ReknitException error = assertThrows(ReknitException.class, call::call);
        assertEquals(name, error.name());
        assertNotEquals(0, error.code());
        assertFalse(error.getMessage().isEmpty());
    }

    @Test
    void nullIsRefusedByName() {
        assertEquals("request", assertThrows(NullPointerException.class, () -> Reknit.run(null)).getMessage());
        assertThrows(NullPointerException.class, () -> Reknit.call(null, "{}"));
        assertThrows(NullPointerException.class, () -> Classifier.load(null));
        assertThrows(NullPointerException.class, () -> Classifier.builtin(null));
        assertThrows(NullPointerException.class, () -> MultiClassifier.load(null));
        assertThrows(NullPointerException.class, () -> Resolver.load(null));
    }

    @Test
    void whatIsNoRequestIsRefused() {
        refused("input", () -> Reknit.resolve(""));
        refused("input", () -> Reknit.resolve("{"));
        refused("input", () -> Reknit.resolve("{\"recrods\": []}"));
        refused("input", () -> Reknit.resolve("{\"records\": [{\"source\": \"\\ud83d\"}]}"));
        refused("not_found", () -> Reknit.call("guess", "{}"));
        refused("not_found", () -> Classifier.builtin("guess"));
        refused("model", () -> Resolver.load("{}"));
        refused("model", () -> Classifier.load(new byte[0]));
        refused("model", () -> Classifier.load("{}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void errorsHoldNoValues() {
        ReknitException error = assertThrows(
                ReknitException.class, () -> Reknit.resolve("{\"records\": \"ana@example.com\"}"));
        assertFalse(error.toString().contains("ana@"), error.toString());
    }

    @Test
    void aClosedHandleIsRefused() {
        Classifier classifier = Classifier.builtin("sentiment");
        assertTrue(classifier.classify("").startsWith("{"));
        classifier.close();
        classifier.close();
        assertThrows(IllegalStateException.class, () -> classifier.classify("thanks"));
        assertThrows(IllegalStateException.class, classifier::save);
        Resolver resolver = Resolver.fit(RECORDS);
        resolver.close();
        assertThrows(IllegalStateException.class, () -> resolver.resolve(RECORDS));
    }

    @Test
    void aSavedResolverGivesTheSameAnswer() {
        try (Resolver fitted = Resolver.fit(RECORDS); Resolver loaded = Resolver.load(fitted.save())) {
            assertEquals(Reknit.resolve(RECORDS), fitted.resolve(RECORDS));
            assertEquals(fitted.resolve(RECORDS), loaded.resolve(RECORDS));
        }
    }

    @Test
    void severalLabelsTravelAndAreExplained() {
        String several = "{\"examples\": [{\"labels\": [\"late\"], \"text\": \"my parcel is late\"},"
                + "{\"labels\": [\"late\", \"refund\"], \"text\": \"late parcel, money back\"},"
                + "{\"labels\": [\"refund\"], \"text\": \"refund my money\"}, {\"labels\": [], \"text\": \"hello\"}]}";
        MultiClassifier trained = MultiClassifier.train(several);
        byte[] model = trained.save();
        try (MultiClassifier loaded = MultiClassifier.load(model)) {
            String answer = trained.classify("my parcel is late 📦");
            assertTrue(answer.startsWith("{\"labels\":[{\"label\":"), answer);
            assertEquals(answer, loaded.classify("my parcel is late 📦"));
            assertEquals("[" + answer + "]", loaded.classifyAll("[\"my parcel is late 📦\"]"));
            assertTrue(loaded.explain("my parcel is late", "late").contains("\"evidence\""));
            refused("not_found", () -> loaded.explain("x", "never"));
            String question = "{\"counterfactual\": {\"text\": \"my parcel is late\", \"label\": \"late\"}}";
            assertTrue(loaded.ask(question).contains("\"turn\":"));
            refused("input", () -> loaded.ask("{\"suggest\": {}}"));
        }
        refused("model", () -> Classifier.load(model));
        refused("model", () -> MultiClassifier.load(new byte[0]));
        trained.close();
        trained.close();
        assertThrows(IllegalStateException.class, () -> trained.classify("late"));
    }

    @Test
    void readersAreAskedTogetherAndOutliveWhatTheyWereMadeOf() {
        String pair = "{\"examples\": [{\"label\": \"late\", \"text\": \"my parcel is late\"},"
                + "{\"label\": \"refund\", \"text\": \"refund my money\"}]}";
        String several = "{\"examples\": [{\"labels\": [\"late\"], \"text\": \"my parcel is late\"},"
                + "{\"labels\": [], \"text\": \"hello\"}]}";
        Annotator readers;
        String alone;
        try (Classifier queue = Classifier.train(pair);
                Classifier spam = Classifier.builtin("spam");
                MultiClassifier tags = MultiClassifier.train(several);
                Annotator plain = Annotator.of("{\"models\": [\"sentiment\"]}");
                Annotator both = plain.with("queue", queue)) {
            readers = both.with("tags", tags);
            alone = queue.classify("my parcel is late 📦");
            refused("input", () -> plain.with("sentiment", queue));
            refused("config", () -> plain.with("spam", spam));
            assertThrows(NullPointerException.class, () -> plain.with(null, queue));
        }
        String found = readers.annotate("my parcel is late 📦");
        assertTrue(found.contains("\"queue\":" + alone), found);
        assertTrue(found.contains("\"tags\":{\"labels\":"), found);
        assertEquals("[" + found + "]", readers.annotateAll("[\"my parcel is late 📦\"]"));
        readers.close();
        readers.close();
        assertThrows(IllegalStateException.class, () -> readers.annotate("late"));
        refused("not_found", () -> Annotator.of("{\"models\": [\"guess\"]}"));
        refused("input", () -> Annotator.of("{\"texts\": []}"));
    }

    @Test
    void aSavedClassifierGivesTheSameAnswer() {
        try (Classifier trained = Classifier.train(EXAMPLES); Classifier loaded = Classifier.load(trained.save())) {
            String answer = trained.classify("where is the parcel? 📦");
            assertTrue(answer.contains("\"label\":\"delivery\""), answer);
            assertEquals(answer, loaded.classify("where is the parcel? 📦"));
            assertEquals("[" + answer + "]", loaded.classifyAll("[\"where is the parcel? 📦\"]"));
            assertEquals(trained.explain("refund"), loaded.explain("refund"));
        }
    }

    private static final String ANA = "{\"source\": \"crm\", \"id\": \"1\"}";
    private static final String BO = "{\"source\": \"shop\", \"id\": \"8\"}";

    @Test
    void aLiveResolverFollowsItsRecords() {
        try (LiveResolver live = LiveResolver.begin(RECORDS)) {
            String before = live.ask("{\"entities\": true}");
            assertEquals("{\"entity\":1}", live.ask("{\"entity_of\": " + ANA + "}"));
            live.change("{\"must_link\": [" + ANA + ", " + BO + "]}");
            refused("contradiction", () -> live.change("{\"cannot_link\": [" + ANA + ", " + BO + "]}"));
            live.change("{\"undo_link\": [" + ANA + ", " + BO + "]}");
            refused("not_found", () -> live.change("{\"undo_link\": [" + ANA + ", " + BO + "]}"));
            live.change("{\"delete\": " + ANA + "}");
            refused("not_found", () -> live.change("{\"delete\": " + ANA + "}"));
            refused("not_found", () -> live.ask("{\"what_if\": " + ANA + "}"));
            refused("input", () -> live.change("{\"entities\": true}"));
            refused("input", () -> live.ask("{\"delete\": " + BO + "}"));
            refused("input", () -> live.change("{\"upsert\": {\"source\": \"crm\"}}"));
            assertThrows(NullPointerException.class, () -> live.change(null));
            live.change("{\"upsert\": {\"source\": \"crm\", \"id\": \"1\", \"name\": \"Ana Pérez\", \"email\": \"ana@x.io\"}}");
            assertTrue(before.contains("\"entity\":2"), before);
            assertTrue(live.ask("{\"how\": " + ANA + "}").contains("\"joined\":[1,1]"));
        }
    }

    @Test
    void aSavedLiveResolverGoesOn() {
        try (LiveResolver live = LiveResolver.begin(RECORDS)) {
            live.change("{\"delete\": " + ANA + "}");
            byte[] saved = live.save();
            try (LiveResolver loaded = LiveResolver.load(saved)) {
                assertArrayEquals(saved, loaded.save());
                loaded.change("{\"delete\": " + BO + "}");
                assertNotEquals(loaded.ask("{\"entities\": true}"), live.ask("{\"entities\": true}"));
            }
            for (int length = 0; length < saved.length; length += 1 + saved.length / 50) {
                byte[] half = Arrays.copyOf(saved, length);
                refused("model", () -> LiveResolver.load(half));
            }
            refused("cancelled", () -> LiveResolver.begin(RECORDS, (done, total) -> false));
        }
        assertThrows(NullPointerException.class, () -> LiveResolver.load(null));
    }

    @Test
    void aLiveResolverBeginsEmptyWithWhatWasLearnt() {
        try (Resolver resolver = Resolver.fit(RECORDS); LiveResolver live = resolver.live("{}", null)) {
            resolver.close();
            assertEquals("{\"entities\":[]}", live.ask("{\"entities\": true}"));
            assertThrows(IllegalStateException.class, () -> resolver.live("{}", null));
            live.close();
            live.close();
            assertThrows(IllegalStateException.class, live::save);
            assertThrows(IllegalStateException.class, () -> live.change("{\"delete\": " + ANA + "}"));
        }
    }

    @Test
    void manyThreadsChangeALiveResolver() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (LiveResolver live = LiveResolver.begin(RECORDS)) {
            String before = live.ask("{\"entities\": true}");
            List<Future<?>> results = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                String key = "{\"source\": \"t" + thread + "\", \"id\": \"1\"";
                results.add(threads.submit(() -> {
                    for (int round = 0; round < 50; round++) {
                        live.change("{\"upsert\": " + key + ", \"email\": \"ana@x.io\", \"name\": \"Ana Perez\"}}");
                        live.ask("{\"explain\": [" + ANA + ", " + BO + "]}");
                        live.change("{\"delete\": " + key + "}}");
                    }
                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
            assertEquals(before, live.ask("{\"entities\": true}"));
        } finally {
            threads.shutdownNow();
        }
    }

    private static final String MESSAGES =
            "{\"messages\": ["
                    + "{\"id\": \"m1\", \"sent\": 0, \"from\": \"ana@x.io\", \"subject\": \"Parcel\"},"
                    + "{\"id\": \"m2\", \"sent\": 3600, \"from\": \"desk@shop.io\", \"in_reply_to\": \"m1\"}]}";

    @Test
    void aLiveStitcherFollowsItsMessages() {
        try (LiveStitcher live = LiveStitcher.begin(MESSAGES)) {
            String before = "{\"conversations\":[{\"conversation\":1,\"messages\":[\"m1\",\"m2\"]}]}";
            assertEquals(before, live.ask("{\"conversations\": true}"));
            assertEquals(
                    "{\"conversation\":2,\"events\":[{\"event\":\"split\",\"from\":1,\"into\":2,\"messages\":[\"m2\"]}]}",
                    live.change("{\"split\": \"m2\"}"));
            live.change("{\"upsert\": {\"id\": \"m3\", \"sent\": 7200, \"from\": \"ana@x.io\", \"in_reply_to\": \"m2\"}}");
            refused("contradiction", () -> {
                live.change("{\"must_link\": [\"m2\", \"m3\"]}");
                return live.change("{\"must_link\": [\"m3\", \"m1\"]}");
            });
            assertEquals("{\"conversation\":2}", live.ask("{\"conversation_of\": \"m3\"}"));
            live.change("{\"delete\": \"m3\"}");
            refused("not_found", () -> live.change("{\"delete\": \"m3\"}"));
            refused("not_found", () -> live.ask("{\"explain\": \"m3\"}"));
            refused("not_found", () -> live.change("{\"move_to\": [\"m1\", 9]}"));
            refused("input", () -> live.change("{\"conversations\": true}"));
            refused("input", () -> live.ask("{\"delete\": \"m1\"}"));
            refused("input", () -> live.change("{\"upsert\": {\"text\": \"Hello\"}}"));
            assertThrows(NullPointerException.class, () -> live.change(null));
            live.change("{\"undo_link\": [\"m1\", \"m2\"]}");
            assertEquals(before, live.ask("{\"conversations\": true}"));
            assertTrue(live.ask("{\"explain\": \"m2\"}").contains("\"parent_id\":\"m1\""));
        }
    }

    @Test
    void aLiveStitcherTravelsAndClosesWhatIsOld() {
        try (LiveStitcher live = LiveStitcher.begin(MESSAGES)) {
            byte[] saved = live.save();
            try (LiveStitcher loaded = LiveStitcher.load(saved)) {
                assertArrayEquals(saved, loaded.save());
                assertEquals(live.ask("{\"conversations\": true}"), loaded.ask("{\"conversations\": true}"));
                assertEquals(
                        "{\"messages\":2,\"conversations\":[1]}",
                        loaded.change("{\"close_before\": \"2000-01-01\"}"));
                refused("input", () -> loaded.change("{\"close_before\": \"soon\"}"));
                assertEquals("{\"conversation\":null}", loaded.ask("{\"conversation_of\": \"m1\"}"));
                assertEquals("{\"conversation\":1}", live.ask("{\"conversation_of\": \"m1\"}"));
            }
            for (int length = 0; length < saved.length; length += 1 + saved.length / 50) {
                byte[] half = Arrays.copyOf(saved, length);
                refused("model", () -> LiveStitcher.load(half));
            }
        }
        assertThrows(NullPointerException.class, () -> LiveStitcher.load(null));
    }

    @Test
    void aLiveStitcherBeginsAndIsClosed() {
        refused("input", () -> LiveStitcher.begin(RECORDS));
        refused("cancelled", () -> LiveStitcher.begin(MESSAGES, (done, total) -> false));
        assertThrows(NullPointerException.class, () -> LiveStitcher.begin(null));
        LiveStitcher live = LiveStitcher.begin("{}");
        assertEquals("{\"conversations\":[]}", live.ask("{\"conversations\": true}"));
        live.close();
        live.close();
        assertThrows(IllegalStateException.class, () -> live.ask("{\"conversations\": true}"));
        assertThrows(IllegalStateException.class, () -> live.change("{\"delete\": \"m1\"}"));
        assertThrows(IllegalStateException.class, live::save);
    }

    @Test
    void manyThreadsChangeALiveStitcher() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (LiveStitcher live = LiveStitcher.begin(MESSAGES)) {
            String before = live.ask("{\"conversations\": true}");
            List<Future<?>> results = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                String id = "\"t" + thread + "\"";
                results.add(threads.submit(() -> {
                    for (int round = 0; round < 50; round++) {
                        live.change("{\"upsert\": {\"id\": " + id + ", \"from\": \"bo@y.org\", \"in_reply_to\": \"m2\"}}");
                        live.ask("{\"explain\": " + id + "}");
                        live.change("{\"delete\": " + id + "}");
                    }
                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
            assertEquals(before, live.ask("{\"conversations\": true}"));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aClassifierIsAsked() {
        try (Classifier trained = Classifier.train(EXAMPLES)) {
            assertTrue(trained.ask("{\"counterfactual\": \"my parcel\"}").contains("\"name\":\"parcel\""));
            assertEquals(trained.explain("my parcel"), trained.ask("{\"explain\": \"my parcel\"}"));
            refused("not_found", () -> trained.ask("{\"top_features\": {\"label\": \"x\", \"texts\": []}}"));
            refused("input", () -> trained.ask("{\"guess\": true}"));
            assertThrows(NullPointerException.class, () -> trained.ask(null));
        }
        try (Classifier sentiment = Classifier.builtin("sentiment")) {
            refused("config", () -> sentiment.ask("{\"explain\": \"thanks\"}"));
        }
    }

    @Test
    void aLiveClassifierFollowsItsExamples() {
        try (LiveClassifier live = LiveClassifier.begin(EXAMPLES)) {
            assertEquals("{\"labels\":[\"delivery\",\"refund\"]}", live.ask("{\"labels\": true}"));
            assertEquals(
                    "{\"examples\":7,\"labels\":3,\"settled\":true}",
                    live.change("{\"add\": [{\"label\": \"login\", \"text\": \"cannot log in\"}]}"));
            assertEquals(
                    "{\"examples\":8,\"labels\":3,\"settled\":false}",
                    live.change("{\"add\": [{\"label\": \"login\", \"text\": \"my password\"}]}"));
            refused("not_found", () -> live.change("{\"forget\": [\"no such text\"]}"));
            refused("input", () -> live.change("{\"labels\": true}"));
            refused("input", () -> live.ask("{\"settle\": true}"));
            refused("input", () -> live.change("{\"settle\": false}"));
            assertThrows(NullPointerException.class, () -> live.change(null));
            byte[] saved = live.save();
            try (LiveClassifier loaded = LiveClassifier.load(saved)) {
                assertArrayEquals(saved, loaded.save());
                live.change("{\"settle\": true}");
                loaded.change("{\"settle\": true}");
                assertArrayEquals(live.save(), loaded.save());
            }
            try (Classifier now = live.classifier(); LiveClassifier other = now.live(EXAMPLES)) {
                assertEquals(now.explain("cannot log in"), live.ask("{\"explain\": \"cannot log in\"}"));
                assertEquals("{\"labels\":[\"delivery\",\"refund\"]}", other.ask("{\"labels\": true}"));
            }
            for (int length = 0; length < saved.length; length += 1 + saved.length / 50) {
                byte[] half = Arrays.copyOf(saved, length);
                refused("model", () -> LiveClassifier.load(half));
            }
        }
        refused("input", () -> LiveClassifier.begin("{}"));
        refused("cancelled", () -> LiveClassifier.begin(EXAMPLES, (done, total) -> false));
        assertThrows(NullPointerException.class, () -> LiveClassifier.load(null));
    }

    @Test
    void aDamagedModelIsRefused() {
        try (Classifier trained = Classifier.train(EXAMPLES)) {
            byte[] model = trained.save();
            for (int at = 0; at < model.length; at += 1 + model.length / 200) {
                byte[] damaged = model.clone();
                damaged[at] ^= 0x20;
                refused("model", () -> Classifier.load(damaged));
            }
        }
    }

    @Test
    void progressIsToldAndStops() {
        List<Long> told = new ArrayList<>();
        String answer = Reknit.call("resolve", RECORDS, (done, total) -> told.add(done));
        assertEquals(Reknit.resolve(RECORDS), answer);
        assertFalse(told.isEmpty());
        refused("cancelled", () -> Reknit.call("resolve", RECORDS, (done, total) -> false));
        IllegalArgumentException own = new IllegalArgumentException("mine");
        Progress throwing = (done, total) -> {
            throw own;
        };
        assertSame(own, assertThrows(
                IllegalArgumentException.class, () -> Reknit.call("resolve", RECORDS, throwing)));
    }

    @Test
    void closingDuringCallsIsSafe() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 20; round++) {
                Classifier classifier = Classifier.builtin("sentiment");
                String expected = classifier.classify("thanks a lot");
                CountDownLatch busy = new CountDownLatch(8);
                List<Future<Boolean>> results = new ArrayList<>();
                for (int thread = 0; thread < 8; thread++) {
                    results.add(threads.submit(() -> usedUntilClosed(classifier, expected, busy)));
                }
                busy.await();
                classifier.close();
                for (Future<Boolean> result : results) {
                    assertTrue(result.get());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Classifies until the classifier is closed; whether every answer was right. */
    private static boolean usedUntilClosed(Classifier classifier, String expected, CountDownLatch busy) {
        boolean right = true;
        try {
            while (right) {
                right = expected.equals(classifier.classify("thanks a lot"));
                busy.countDown();
            }
        } catch (IllegalStateException closed) {
            return true;
        }
        return false;
    }

    @Test
    void theLibraryHasAVersion() {
        assertTrue(Reknit.version().matches("\\d+\\.\\d+\\.\\d+.*"), Reknit.version());
    }
}
