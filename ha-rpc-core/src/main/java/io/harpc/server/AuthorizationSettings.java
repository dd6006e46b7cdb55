package io.harpc.server;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import io.harpc.method.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Who may call what at a server. A call is let in if nothing objects to it and something
 * permits it: of the rules the first that names the method, what is declared at it, and
 * each authorizer. Where there is no rule, no restriction declared and no authorizer,
 * everybody may call everything. Immutable.
 *
 * @param rules the rules, in order
 * @param authorizers asked for every call
 * @param declarations finds what the code says of a method
 * @param forwarders names of the identities that may call on behalf of others
 * @param beanChecks tells the calls that checks around a bean have refused
 * @param listener hears of each call that is refused; called on threads that read, so it
 * must neither block nor throw
 */
public record AuthorizationSettings(List<AccessRule> rules, List<Authorizer> authorizers, Declarations declarations,
		Set<String> forwarders, BeanChecks beanChecks, Consumer<DeniedCall> listener) {

	/** Everybody may call everything, and nobody on behalf of others. */
	public static final AuthorizationSettings NONE = new AuthorizationSettings(List.of(), List.of(),
			(bean, method) -> null, Set.of(), (bean, thrown) -> false, (denied) -> {
			});

	public AuthorizationSettings {
		rules = List.copyOf(rules);
		authorizers = List.copyOf(authorizers);
		forwarders = Set.copyOf(forwarders);
	}

	/** Tells a call that a check around a bean has refused from one that failed. */
	@FunctionalInterface
	public interface BeanChecks {

		/**
		 * Looks at what came out of a bean. Called for what the method does not declare,
		 * on the thread that called the bean.
		 * @param bean the bean
		 * @param thrown what it threw
		 * @return whether its caller may not call it, and it is certain that the bean's
		 * own code did not begin
		 */
		boolean isRefusal(Object bean, Throwable thrown);

	}

	/** Finds what the code of a service says of who may call a method. */
	@FunctionalInterface
	public interface Declarations {

		/**
		 * Looks at a method once, before the server listens.
		 * @param bean what answers its calls
		 * @param method the method
		 * @return who may call it, {@code null} if nothing is said
		 */
		@Nullable Permission find(Object bean, MethodDescriptor method);

	}

}
