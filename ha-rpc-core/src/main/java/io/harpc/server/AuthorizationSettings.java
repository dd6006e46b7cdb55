package io.harpc.server;

import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
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
 * @param handlerDenials says of a bean, and what came out of calling it, whether the call
 * was refused before the bean's own code ran
 * @param listener hears of each call that is refused; called on threads that read, so it
 * must neither block nor throw
 */
public record AuthorizationSettings(List<AccessRule> rules, List<Authorizer> authorizers, Declarations declarations,
		Set<String> forwarders, BiPredicate<Object, Throwable> handlerDenials, Consumer<DeniedCall> listener) {

	/** Everybody may call everything, and nobody on behalf of others. */
	public static final AuthorizationSettings NONE = new AuthorizationSettings(List.of(), List.of(),
			(bean, method) -> null, Set.of(), (bean, thrown) -> false, (denied) -> {
			});

	public AuthorizationSettings {
		rules = List.copyOf(rules);
		authorizers = List.copyOf(authorizers);
		forwarders = Set.copyOf(forwarders);
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
