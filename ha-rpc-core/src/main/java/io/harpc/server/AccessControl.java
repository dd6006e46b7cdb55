package io.harpc.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may call which of a server's methods, worked out for each of them before the server
 * listens. Thread-safe.
 */
final class AccessControl {

	private static final Logger logger = LoggerFactory.getLogger(AccessControl.class);

	private final AuthorizationSettings settings;

	private final Map<MethodDescriptor, List<Permission>> permissions = new LinkedHashMap<>();

	private final Map<ServiceKey, LongAdder> denied = new HashMap<>();

	private final boolean on;

	/**
	 * Works it out, and warns of what cannot be meant.
	 * @param settings the rules, and who else has a say
	 * @param beans what answers the calls of each method
	 * @param authenticating whether callers can prove who they are
	 * @throws IllegalStateException if they cannot, and must
	 */
	AccessControl(AuthorizationSettings settings, Map<MethodDescriptor, Object> beans, boolean authenticating) {
		this.settings = settings;
		boolean restricted = !settings.rules().isEmpty() || !settings.authorizers().isEmpty();
		List<AccessRule> unused = new ArrayList<>(settings.rules());
		for (Map.Entry<MethodDescriptor, Object> entry : beans.entrySet()) {
			MethodDescriptor method = entry.getKey();
			List<Permission> both = new ArrayList<>();
			AccessRule rule = firstAbout(method);
			if (rule != null) {
				both.add(rule.permission());
				unused.remove(rule);
			}
			Permission declared = settings.declarations().find(entry.getValue(), method);
			if (declared != null) {
				both.add(declared);
				restricted |= declared.isRestriction();
			}
			if (!authenticating && both.stream().anyMatch(Permission::needsIdentity)) {
				throw new IllegalStateException(
						method + " is for callers who have proven who they are, which nobody can"
								+ " here (expected: authentication)");
			}
			this.permissions.put(method, both);
			this.denied.putIfAbsent(method.service(), new LongAdder());
		}
		this.on = restricted;
		warn(unused);
	}

	private @Nullable AccessRule firstAbout(MethodDescriptor method) {
		return this.settings.rules().stream().filter((rule) -> rule.isAbout(method)).findFirst().orElse(null);
	}

	private void warn(List<AccessRule> unused) {
		for (AccessRule rule : unused) {
			logger.warn("The rule for services {} is about no method that this server offers, or only about those that"
					+ " an earlier rule is about; it does nothing", rule);
		}
		if (this.on && this.settings.authorizers().isEmpty()) {
			List<MethodDescriptor> closed = this.permissions.entrySet()
				.stream()
				.filter((entry) -> entry.getValue().isEmpty())
				.map(Map.Entry::getKey)
				.toList();
			if (!closed.isEmpty()) {
				logger.warn("Nobody may call these methods, because authorization is on and nothing permits it: {}",
						closed);
			}
		}
	}

	/**
	 * {@return whether there is anything that a call can fail to be permitted by}
	 */
	boolean isOn() {
		return this.on;
	}

	/**
	 * {@return how many calls of a service have been refused}
	 */
	long denied(ServiceKey service) {
		LongAdder count = this.denied.get(service);
		return (count != null) ? count.sum() : 0;
	}

	MethodAccess of(MethodDescriptor method) {
		List<Permission> needed = this.permissions.getOrDefault(method, List.of());
		LongAdder count = this.denied.computeIfAbsent(method.service(), (service) -> new LongAdder());
		return new MethodAccess(method, this.settings, this.on, needed.toArray(Permission[]::new), count);
	}

}
