import io.reknit.Classifier;
import io.reknit.Reknit;
import io.reknit.ReknitException;
import io.reknit.Resolver;

/**
 * From contact records of two systems to people, and from a message to how it reads.
 *
 * <pre>
 * cargo build --release --package reknit-c
 * mvn -f bindings/java/pom.xml package -DskipTests
 * java -cp bindings/java/target/reknit-0.1.0.jar:jna.jar -Dreknit.library.path=target/release \
 *     examples/java/People.java
 * </pre>
 */
public final class People {
    private static final String RECORDS =
            "{\"records\": ["
                    + "{\"source\": \"crm\", \"id\": \"881\", \"name\": \"Ana Pérez\","
                    + " \"email\": \"ana.perez@mail.example\"},"
                    + "{\"source\": \"shop\", \"id\": \"17\", \"name\": \"Perez, Ana\","
                    + " \"email\": \"Ana.Perez@Mail.Example\"},"
                    + "{\"source\": \"shop\", \"id\": \"18\", \"name\": \"Bo Lindqvist\","
                    + " \"email\": \"bo@post.example\"}]}";

    private static final String MESSAGE = "Two hours on hold and still no parcel. Great service, really.";

    private People() {}

    public static void main(String[] words) {
        try {
            // One call: JSON in, JSON out, the same bytes as in every other language.
            System.out.println("people:  " + Reknit.resolve(RECORDS));

            // What was learnt is kept and used again, by any number of threads.
            try (Resolver resolver = Resolver.fit(RECORDS)) {
                System.out.println("again:   " + resolver.resolve(RECORDS));
            }
            try (Classifier sentiment = Classifier.builtin("sentiment")) {
                System.out.println("reading: " + sentiment.classify(MESSAGE));
            }
        } catch (ReknitException error) {
            System.err.println(error.name() + ": " + error.getMessage());
            System.exit(1);
        }
    }
}
