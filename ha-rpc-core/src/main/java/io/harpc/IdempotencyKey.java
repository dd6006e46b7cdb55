package io.harpc;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the parameter that tells one call of a method from every other: an order number,
 * an id that the caller has drawn. A call that has one may be tried again on the same
 * server after it perhaps ran, though the method is not {@link Idempotent}: the server
 * remembers for some time what it answered to which key, and answers the second try as
 * the first, without running the method again. So the same key must never be used for two
 * calls that are meant to run both.
 * <p>
 * The parameter is a string of at most 200 characters, a number, a {@code UUID} or an
 * enum; {@code null} or an empty string means that this call has no key. Where there is
 * no such parameter, {@link IdempotentCall} gives a call its key.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface IdempotencyKey {

}
