package io.harpc;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that running a method twice has the effect of running it once, so that a call
 * may be tried again even if an earlier attempt perhaps ran. On an interface it holds for
 * all of its methods. A property of the reference can say the same without touching the
 * interface.
 */
@Documented
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
public @interface Idempotent {

}
