package io.reknit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases shared by all languages: the same request gives the same bytes. */
class CasesTest {
    private static int passed;
    private static int failed;

    /** Lines "name TAB verb TAB request TAB answer"; an error is "error CODE NAME: MESSAGE". */
    @TestFactory
    List<DynamicTest> cases() throws IOException {
        Path file = Paths.get(System.getProperty("reknit.cases"));
        List<DynamicTest> tests = new ArrayList<>();
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            String[] parts = line.split("\t", 4);
            tests.add(DynamicTest.dynamicTest(parts[0], () -> check(parts[1], parts[2], parts[3])));
        }
        assertFalse(tests.isEmpty(), "no case in " + file);
        return tests;
    }

    private static void check(String verb, String request, String expected) {
        failed++;
        byte[] found = answer(verb, request).getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(
                expected.getBytes(StandardCharsets.UTF_8), found, () -> new String(found, StandardCharsets.UTF_8));
        failed--;
        passed++;
    }

    private static String answer(String verb, String request) {
        try {
            switch (verb) {
                case "normalize": return Reknit.normalize(request);
                case "resolve": return Reknit.resolve(request);
                case "explain": return Reknit.explain(request);
                case "how": return Reknit.how(request);
                case "what_if": return Reknit.whatIf(request);
                case "waterfall": return Reknit.waterfall(request);
                case "live": return Reknit.live(request);
                case "stitch": return Reknit.stitch(request);
                case "explain_link": return Reknit.explainLink(request);
                case "stitch_live": return Reknit.stitchLive(request);
                case "train": return Reknit.train(request);
                case "classify": return Reknit.classify(request);
                case "counterfactual": return Reknit.counterfactual(request);
                case "top_features": return Reknit.topFeatures(request);
                case "suggest": return Reknit.suggest(request);
                case "classify_live": return Reknit.classifyLive(request);
                case "train_multi": return Reknit.trainMulti(request);
                case "classify_multi": return Reknit.classifyMulti(request);
                case "explain_multi": return Reknit.explainMulti(request);
                case "counterfactual_multi": return Reknit.counterfactualMulti(request);
                case "top_features_multi": return Reknit.topFeaturesMulti(request);
                case "extract": return Reknit.extract(request);
                case "redact": return Reknit.redact(request);
                case "key_phrases": return Reknit.keyPhrases(request);
                case "similar": return Reknit.similar(request);
                case "duplicates": return Reknit.duplicates(request);
                case "topics": return Reknit.topics(request);
                case "summarize": return Reknit.summarize(request);
                case "opinions": return Reknit.opinions(request);
                case "expand": return Reknit.expand(request);
                case "run": return Reknit.run(request);
                case "evaluate": return Reknit.evaluate(request);
                default: return Reknit.call(verb, request);
            }
        } catch (ReknitException error) {
            return "error " + error.code() + " " + error.name() + ": " + error.getMessage();
        }
    }

    @AfterAll
    static void count() {
        System.out.println("Java: " + passed + " passed, " + failed + " failed");
    }
}
