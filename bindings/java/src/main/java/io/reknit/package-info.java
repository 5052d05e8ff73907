/**
 * Contacts to people, messages to conversations, texts to meanings.
 *
 * <p>{@link io.reknit.Reknit} holds one method per verb, JSON in and JSON out. {@link
 * io.reknit.Resolver}, {@link io.reknit.Classifier} and {@link io.reknit.MultiClassifier} keep what was
 * learnt for many calls. Every failure is a {@link io.reknit.ReknitException} with the code and the name that all languages share.
 */
package io.reknit;
