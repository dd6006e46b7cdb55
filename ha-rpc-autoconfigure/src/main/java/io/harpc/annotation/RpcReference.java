package io.harpc.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.beans.factory.annotation.Autowired;

/**
 * Asks for a service of another process: on a constructor parameter, a field, a setter or
 * a parameter of a {@code @Bean} method whose type is the service's interface. Equal
 * references share one client. Each attribute is beaten by the property of the same name
 * under {@code ha-rpc.client.references.<name>}, and where neither says anything, that of
 * {@code ha-rpc.client} holds. Text attributes may hold placeholders.
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Autowired
public @interface RpcReference {

	/**
	 * The name under which properties, metrics and the endpoint know the reference.
	 * @return the name, by default the interface's simple name in kebab case
	 */
	String name() default "";

	/**
	 * The version of the service.
	 * @return the version, empty for none
	 */
	String version() default "";

	/**
	 * The group of the service.
	 * @return the group, empty for none
	 */
	String group() default "";

	/**
	 * The time for the whole call, every attempt included: {@code 500ms}, {@code 2s}.
	 * @return the time, by default that of the client
	 */
	String timeout() default "";

	/**
	 * The time for each attempt, after which it is given up: {@code 500ms}, {@code 2s}.
	 * @return the time, by default that of the client
	 */
	String attemptTimeout() default "";

	/**
	 * How many attempts a call may take; the first counts.
	 * @return the number, zero for that of the client
	 */
	int maxAttempts() default 0;

	/**
	 * The name of the load balancer.
	 * @return the name, by default that of the client
	 */
	String loadBalancer() default "";

	/**
	 * What happens when an attempt does not succeed: {@code failover}, {@code failfast},
	 * {@code failsafe}, {@code failback}, {@code hedged} or {@code broadcast}, as told of
	 * in {@link io.harpc.client.Cluster}.
	 * @return the name, by default that of the client
	 */
	String cluster() default "";

	/**
	 * The class that answers where a call fails, unless the method threw what it
	 * declares; implements the interface. A bean of that class, or, if there is none, an
	 * object that is made like one.
	 * @return the class, {@code void.class} for none
	 */
	Class<?> fallback() default void.class;

	/**
	 * The addresses to call, {@code host:port} separated by commas, instead of those in
	 * the registry.
	 * @return the addresses, by default those of the registry
	 */
	String address() default "";

	/**
	 * Whether a call goes to the instance that answered the one before, for as long as
	 * that can take it.
	 * @return {@code true} to stay
	 */
	boolean sticky() default false;

}
