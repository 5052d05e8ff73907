package io.reknit;

/**
 * What went wrong. The code and the name are those of every language the library speaks; the message
 * names ids, fields and numbers, and never holds a field's value.
 */
public final class ReknitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String name;

    ReknitException(int code, String name, String message) {
        super(message);
        this.code = code;
        this.name = name;
    }

    /**
     * The number of the kind of error: 1 config, 2 input, 3 model, 4 contradiction, 5 not_found,
     * 6 cancelled, 7 io, 8 internal. A later version may add numbers.
     *
     * @return the number
     */
    public int code() {
        return code;
    }

    /**
     * The name of the kind of error, such as {@code "input"}.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return getClass().getName() + ": " + name + ": " + getMessage();
    }
}
