package io.harpc.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.harpc.ForwardedIdentity;
import io.harpc.Identity;
import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.protocol.Status;
import io.harpc.registry.LogOf;
import io.harpc.transport.RefusedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link AccessControl}, {@link AccessRule} and {@link MethodAccess}.
 */
class AccessControlTests {

	private static final Identity ANN = new Identity("ann", Set.of("READER"));

	private static final Identity BOB = new Identity("bob", Set.of());

	private static final ServiceDescriptor ORDER = ServiceDescriptor.of(ServiceKey.of(Order.class), Order.class);

	private static final ServiceDescriptor ADMIN = ServiceDescriptor.of(ServiceKey.of(OrderAdmin.class),
			OrderAdmin.class);

	private final List<DeniedCall> denied = new ArrayList<>();

	/** Who of all that have a say says what, and what comes of it for BOB. */
	@ParameterizedTest
	@CsvSource({
	// @formatter:off
			// rule, annotation, authorizer, allowed
			"-,   -,   -,   true",
			"-,   -,   yes, true",
			"-,   -,   no,  false",
			"-,   -,   abstains, false",
			"-,   yes, -,   true",
			"-,   yes, yes, true",
			"-,   yes, no,  false",
			"-,   yes, abstains, true",
			"-,   no,  -,   false",
			"-,   no,  yes, false",
			"-,   no,  no,  false",
			"-,   no,  abstains, false",
			"yes, -,   -,   true",
			"yes, -,   yes, true",
			"yes, -,   no,  false",
			"yes, -,   abstains, true",
			"yes, yes, -,   true",
			"yes, yes, yes, true",
			"yes, yes, no,  false",
			"yes, no,  -,   false",
			"yes, no,  yes, false",
			"no,  -,   -,   false",
			"no,  -,   yes, false",
			"no,  yes, -,   false",
			"no,  yes, yes, false",
			"no,  no,  yes, false",
			"other, -, -,   false",
			"other, -, yes, true",
			"other, -, abstains, false",
			"other, yes, -, true",
			"other, no, -,  false",
	// @formatter:on
	})
	void oneNoIsEnoughAndThereMustBeAYes(String rule, String annotation, String authorizer, boolean allowed) {
		List<AccessRule> rules = switch (rule) {
			case "yes" -> List.of(rule("*", "*", of("bob")));
			case "no" -> List.of(rule("*", "*", of("ann")));
			case "other" -> List.of(rule("*", "place", of("bob")));
			default -> List.of();
		};
		Permission declared = switch (annotation) {
			case "yes" -> of("bob");
			case "no" -> of("ann");
			default -> null;
		};
		List<Authorizer> authorizers = switch (authorizer) {
			case "yes" -> List.of((identity, method) -> Authorizer.Decision.permit());
			case "no" -> List.of((identity, method) -> Authorizer.Decision.deny("Sunday"));
			case "abstains" -> List.of((identity, method) -> Authorizer.Decision.abstain());
			default -> List.of();
		};
		AccessControl access = control(rules, declared, authorizers, ORDER);
		assertThat(refusal(access, "find(long)", BOB)).isEqualTo(allowed ? null : Status.FORBIDDEN);
	}

	@Test
	void whereNothingIsSaidEverybodyMayCallEverything() {
		AccessControl access = control(List.of(), null, List.of(), ORDER);
		assertThat(access.isOn()).isFalse();
		assertThat(refusal(access, "find(long)", null)).isNull();
	}

	@Test
	void thatEverybodyMayIsNoRestrictionOfOthers() {
		AuthorizationSettings settings = settings(List.of(), List.of(), Set.of(),
				(bean, method) -> method.name().equals("find") ? Permission.ofEverybody() : null);
		assertThat(refusal(new AccessControl(settings, beans(ORDER), true), "place()", null)).isNull();
	}

	@Test
	void aRestrictionOfOneMethodClosesWhatNothingIsSaidOf() {
		AuthorizationSettings settings = settings(List.of(), List.of(), Set.of(),
				(bean, method) -> method.name().equals("find") ? of("bob") : null);
		try (LogOf log = new LogOf(AccessControl.class, "")) {
			AccessControl access = new AccessControl(settings, beans(ORDER, ADMIN), true);
			assertThat(access.isOn()).isTrue();
			assertThat(refusal(access, "place()", BOB)).isEqualTo(Status.FORBIDDEN);
			assertThat(log.lines()).singleElement()
				.asString()
				.contains("Nobody may call these methods", "$Order#place()", "$OrderAdmin#drop()")
				.doesNotContain("find(");
		}
	}

	@ParameterizedTest
	@CsvSource({ "everybody, , true", "everybody, ann, true", "authenticated, , false", "authenticated, bob, true",
			"nobody, ann, false", "nobody, , false", "ann, ann, true", "ann, bob, false", "ann, , false",
			"READER, ann, true", "READER, bob, false", "reader, ann, false", "READER, reader, false" })
	void aPermissionIsForThoseItNames(String permission, @Nullable String caller, boolean allowed) {
		Permission made = switch (permission) {
			case "everybody" -> Permission.ofEverybody();
			case "authenticated" -> Permission.ofAuthenticated();
			case "nobody" -> Permission.ofNobody();
			case "ann" -> Permission.of(List.of("ann"), List.of());
			default -> Permission.of(List.of("nobody's name"), List.of("OTHER", permission));
		};
		Identity identity = (caller == null) ? null : caller.equals("ann") ? ANN : new Identity(caller, Set.of());
		assertThat(made.permits(identity)).isEqualTo(allowed);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = {
	// @formatter:off
			// services; methods; methods that it is about
			"*; *;                    Order#find(java.lang.String) Order#find(long) Order#findAll() Order#place() OrderAdmin#drop()",
			"*.AccessControlTests$Order; find*; Order#find(java.lang.String) Order#find(long) Order#findAll()",
			"*.AccessControlTests$Order; find;  Order#find(java.lang.String) Order#find(long)",
			"*.AccessControlTests$Order; find(long); Order#find(long)",
			"*.AccessControlTests$Order; find(*String); Order#find(java.lang.String)",
			"*.AccessControlTests$Order*; drop; OrderAdmin#drop()",
			"io.harpc.server.AccessControlTests$Order; *; Order#find(java.lang.String) Order#find(long) Order#findAll() Order#place()",
			"io.harpc.server.*; place;   Order#place()",
			"io.harpc.ser; *;            ",
			"AccessControlTests$Order; *;",
			"*$Order; Find*;             ",
			"*$Order; ind*;              ",
			"*$Order; fin;               ",
			"*$Order:1.0; *;             ",
			"*$Order*0; *;               ",
	// @formatter:on
	})
	void aRuleIsAboutWhatItsPatternsName(String services, String methods, @Nullable String expected) {
		AccessRule rule = rule(services, methods, of("ann"));
		assertThat(beans(ORDER, ADMIN).keySet().stream().filter(rule::isAbout).map((method) -> {
			String text = method.toString();
			return text.substring(text.indexOf('$') + 1);
		}).sorted()).containsExactly((expected != null) ? expected.split(" ") : new String[0]);
	}

	@Test
	void aRuleMayNameAVersionAndAGroup() {
		List<MethodDescriptor> methods = ServiceDescriptor
			.of(ServiceKey.of(OrderAdmin.class, "2.0", "eu"), OrderAdmin.class)
			.methods();
		assertThat(methods).allMatch(rule("*OrderAdmin", "*", of("ann"))::isAbout)
			.allMatch(rule("*OrderAdmin:2.0/eu", "*", of("ann"))::isAbout)
			.allMatch(rule("*OrderAdmin:2.*", "*", of("ann"))::isAbout)
			.noneMatch(rule("*OrderAdmin:2.0", "*", of("ann"))::isAbout)
			.noneMatch(rule("*OrderAdmin/eu", "*", of("ann"))::isAbout);
	}

	@Test
	void theFirstRuleAboutAMethodDecides() {
		AccessControl access = control(
				List.of(rule("*", "find(long)", of("ann")), rule("*", "find*", of("bob")), rule("*", "*", of("ann"))),
				null, List.of(), ORDER);
		assertThat(refusal(access, "find(long)", BOB)).isEqualTo(Status.FORBIDDEN);
		assertThat(refusal(access, "find(java.lang.String)", BOB)).isNull();
		assertThat(refusal(access, "place()", BOB)).isEqualTo(Status.FORBIDDEN);
	}

	@Test
	void aRuleThatDoesNothingIsNamed() {
		try (LogOf log = new LogOf(AccessControl.class, "")) {
			control(List.of(rule("*$Order", "*", of("ann")), rule("*$Ordre", "*", of("ann")),
					rule("*$Order", "place", of("bob"))), null, List.of(), ORDER);
			assertThat(log.lines()).hasSize(2)
				.anyMatch((line) -> line.contains("[*$Ordre] [*]"))
				.anyMatch((line) -> line.contains("[*$Order] [place]"));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			value = { "; find; services: '' (expected: names of interfaces", "com/acme/**; *; services: 'com/acme/**'",
					"com.acme.[a-z]+; *; services: 'com.acme.[a-z]+'",
					"com.acme.Order,com.acme.Cart; *; services: 'com.acme.Order,com.acme.Cart'",
					"a b; *; services: 'a b'", "*; find?; methods: 'find?'", "*; find(long; methods: 'find(long'",
					"*; Order#find; methods: 'Order#find'", "*; find*|get*; methods: 'find*|get*'" })
	void aPatternThatNamesNothingIsRefused(@Nullable String service, String method, String message) {
		String text = (service != null) ? service : "";
		assertThatIllegalArgumentException().isThrownBy(() -> rule(text, method, of("ann")))
			.withMessageContaining(message);
	}

	@Test
	void aRuleNamesSomethingAndSomebody() {
		assertThatIllegalArgumentException().isThrownBy(() -> new AccessRule(List.of(), List.of("*"), of("ann")))
			.withMessage("services: none (expected: names of interfaces such as com.acme.orders.*)");
		assertThatIllegalArgumentException().isThrownBy(() -> Permission.of(List.of(), List.of()))
			.withMessage("neither identities nor roles (expected: at least one)");
		assertThatIllegalArgumentException().isThrownBy(() -> Permission.of(List.of(), List.of("*")))
			.withMessageContaining("role: '*'");
	}

	@Test
	void whoHasNotProvenWhoHeIsIsToldSoWhereItWouldHelp() {
		AccessControl access = control(
				List.of(rule("*", "find*", of("ann")), rule("*", "place", Permission.ofNobody())), null, List.of(),
				ORDER);
		assertThat(refusal(access, "find(long)", null)).isEqualTo(Status.UNAUTHENTICATED);
		assertThat(refusal(access, "place()", null)).isEqualTo(Status.FORBIDDEN);
		assertThat(refusal(control(List.of(rule("*", "x", of("ann"))), null, List.of(), ORDER), "place()", null))
			.isEqualTo(Status.FORBIDDEN);
	}

	@Test
	void whatNobodyCouldCallForWantOfAuthenticationEndsTheStart() {
		AuthorizationSettings settings = settings(List.of(rule("*", "place", Permission.ofAuthenticated())), List.of(),
				Set.of(), (bean, method) -> null);
		assertThatIllegalStateException().isThrownBy(() -> new AccessControl(settings, beans(ORDER), false))
			.withMessageContaining("$Order#place() is for callers who have proven who they are");
		assertThat(new AccessControl(settings(List.of(rule("*", "*", Permission.ofEverybody())), List.of(), Set.of(),
				(bean, method) -> Permission.ofNobody()), beans(ORDER), false)
			.isOn()).isTrue();
	}

	@Test
	void theCallerHearsWhatWasForbiddenAndNotWhy() {
		AccessControl access = control(List.of(rule("*", "*", of("secret-name"))), null, List.of(), ORDER);
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> access.of(method("find(long)")).check(BOB, "10.0.0.7:3", Map.of()))
			.withMessage("bob may not call io.harpc.server.AccessControlTests$Order#find(long):"
					+ " the server's rules forbid it");
		assertThat(this.denied).containsExactly(new DeniedCall(BOB, null, "10.0.0.7:3", ServiceKey.of(Order.class),
				"find(long)", "a rule or an annotation"));
		assertThat(access.denied(ServiceKey.of(Order.class))).isEqualTo(1);
	}

	@Test
	void anAuthorizersReasonIsForTheAudit() {
		AccessControl access = control(List.of(), null,
				List.of((identity, method) -> Authorizer.Decision.deny("owes us money")), ORDER);
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> access.of(method("place()")).check(BOB, "peer", Map.of()))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("money"));
		assertThat(this.denied).extracting(DeniedCall::reason).containsExactly("owes us money");
	}

	@Test
	@SuppressWarnings("NullAway")
	void anAuthorizerThatFailsLetsNobodyIn() {
		for (Authorizer failing : List.<Authorizer>of((identity, method) -> {
			throw new IllegalStateException("no directory");
		}, (identity, method) -> {
			throw new StackOverflowError();
		}, (identity, method) -> null)) {
			AccessControl access = control(List.of(rule("*", "*", Permission.ofEverybody())), null, List.of(failing),
					ORDER);
			assertThat(refusal(access, "place()", BOB)).isEqualTo(Status.FORBIDDEN);
		}
		assertThat(this.denied).hasSize(3);
	}

	@ParameterizedTest
	@CsvSource({
	// @formatter:off
			// caller, on behalf of, allowed: rules let shop and ann in
			"shop, ann, true",
			"shop, bob, false",
			"shop, shop, true",
			"gate, ann, false",
			"ann,  bob, false",
			"ann,  ann, false",
			", ann, false",
	// @formatter:on
	})
	void whoCallsForSomebodyMustBeTrustedAndBothMustBeAllowed(@Nullable String caller, String original, boolean allowed)
			throws Exception {
		AuthorizationSettings settings = settings(
				List.of(rule("*", "*", Permission.of(List.of("shop", "ann"), List.of()))), List.of(),
				Set.of("shop", "gate"), (bean, method) -> null);
		AccessControl access = new AccessControl(settings, beans(ORDER), true);
		Identity identity = (caller != null) ? new Identity(caller, Set.of()) : null;
		Status status = refusal(access, "place()", identity, Map.of(ForwardedIdentity.HEADER, original));
		assertThat(status).isEqualTo(allowed ? null : (caller == null) ? Status.UNAUTHENTICATED : Status.FORBIDDEN);
		if (!allowed) {
			assertThat(this.denied).extracting(DeniedCall::onBehalfOf)
				.containsExactly(new Identity(original, Set.of()));
		}
	}

	@Test
	void nobodyIsBelievedToCallForOthersWhereAuthorizationIsOff() {
		AccessControl access = control(List.of(), null, List.of(), ORDER);
		assertThat(refusal(access, "place()", BOB, Map.of(ForwardedIdentity.HEADER, "ann")))
			.isEqualTo(Status.FORBIDDEN);
	}

	@Test
	void rolesOfTheOriginalAreThoseThatTheForwarderNames() {
		AuthorizationSettings settings = settings(
				List.of(rule("*", "*", Permission.of(List.of("shop"), List.of("READER")))), List.of(), Set.of("shop"),
				(bean, method) -> null);
		AccessControl access = new AccessControl(settings, beans(ORDER), true);
		Identity shop = new Identity("shop", Set.of());
		assertThat(refusal(access, "place()", shop, Map.of(ForwardedIdentity.HEADER, "cid\nWRITER\nREADER"))).isNull();
		assertThat(refusal(access, "place()", shop, Map.of(ForwardedIdentity.HEADER, "cid\nWRITER")))
			.isEqualTo(Status.FORBIDDEN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\nREADER", "ann\n", "ann\n\nREADER", "ann\r", "ann\nA\nA\0" })
	void anOriginalThatIsNotWellFormedIsMalformed(String header) {
		AuthorizationSettings settings = settings(List.of(), List.of(), Set.of("bob"), (bean, method) -> null);
		AccessControl access = new AccessControl(settings, beans(ORDER), true);
		assertThat(refusal(access, "place()", BOB, Map.of(ForwardedIdentity.HEADER, header)))
			.isEqualTo(Status.MALFORMED);
	}

	private @Nullable Status refusal(AccessControl access, String signature, @Nullable Identity caller) {
		return refusal(access, signature, caller, Map.of());
	}

	private @Nullable Status refusal(AccessControl access, String signature, @Nullable Identity caller,
			Map<String, String> headers) {
		try {
			access.of(method(signature)).check(caller, "peer", headers);
			return null;
		}
		catch (RefusedException ex) {
			return ex.status();
		}
	}

	private AccessControl control(List<AccessRule> rules, @Nullable Permission declared, List<Authorizer> authorizers,
			ServiceDescriptor... services) {
		return new AccessControl(settings(rules, authorizers, Set.of(), (bean, method) -> declared), beans(services),
				true);
	}

	private AuthorizationSettings settings(List<AccessRule> rules, List<Authorizer> authorizers, Set<String> forwarders,
			AuthorizationSettings.Declarations declarations) {
		return new AuthorizationSettings(rules, authorizers, declarations, forwarders, (bean, thrown) -> false,
				this.denied::add);
	}

	private static AccessRule rule(String service, String method, Permission permission) {
		return new AccessRule(List.of(service), List.of(method), permission);
	}

	private static Permission of(String name) {
		return Permission.of(List.of(name), List.of());
	}

	private static Map<MethodDescriptor, Object> beans(ServiceDescriptor... services) {
		Map<MethodDescriptor, Object> beans = new LinkedHashMap<>();
		for (ServiceDescriptor service : services) {
			service.methods().forEach((method) -> beans.put(method, "a bean"));
		}
		return beans;
	}

	private static MethodDescriptor method(String signature) {
		return ORDER.methods()
			.stream()
			.filter((method) -> method.signature().equals(signature))
			.findFirst()
			.orElseThrow();
	}

	interface Order {

		String find(long id);

		String find(String name);

		List<String> findAll();

		void place();

	}

	interface OrderAdmin {

		void drop();

	}

}
