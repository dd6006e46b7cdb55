package io.harpc;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the parameter by which consistent hashing chooses the instance: a text, a number,
 * a boolean, an enum, a UUID or a type of {@code java.time}. Without it the first
 * parameter is the key.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface HashKey {

}
