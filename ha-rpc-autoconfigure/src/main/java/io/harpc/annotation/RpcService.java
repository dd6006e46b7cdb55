package io.harpc.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * Offers a bean to other processes: every interface of its own that it implements becomes
 * a service, those of the JDK and of Spring excepted. Calls go through the bean as Spring
 * made it, so transactions, asynchronous methods and aspects apply. On a class it makes
 * the class a component; on a {@code @Bean} method it offers what the method returns.
 * Text attributes may hold placeholders.
 */
@Documented
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Component
public @interface RpcService {

	/**
	 * The name of the bean.
	 * @return the name, by default the one Spring gives
	 */
	@AliasFor(annotation = Component.class, attribute = "value")
	String value() default "";

	/**
	 * The version, which a reference must name too.
	 * @return the version, empty for none
	 */
	String version() default "";

	/**
	 * The group, which a reference must name too.
	 * @return the group, empty for none
	 */
	String group() default "";

	/**
	 * The share of calls that this instance should get, relative to the others.
	 * @return the weight, zero for none as long as another instance is there; negative
	 * for the value of {@code ha-rpc.server.weight}
	 */
	int weight() default -1;

	/**
	 * The interfaces to offer, where not all of the bean's own are meant.
	 * @return the interfaces, by default all of its own
	 */
	Class<?>[] interfaces() default {};

}
