package io.harpc.method;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.harpc.HashKey;
import io.harpc.IdempotencyKey;
import io.harpc.Idempotent;
import io.harpc.ServiceKey;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ServiceDescriptorTests {

	@Test
	void listsInheritedAndDefaultMethodsButNeitherStaticOnesNorThoseOfObject() {
		assertThat(describe(Everything.class).methods()).extracting(MethodDescriptor::signature)
			.containsExactly("find(int)", "find(long)", "greet(java.lang.String)", "inherited()");
	}

	@Test
	void resolvesTheVariablesOfGenericSuperInterfaces() {
		ServiceDescriptor users = describe(UserCrud.class);
		assertThat(users.methods()).extracting(MethodDescriptor::signature)
			.containsExactly("find(java.lang.Long)", "page(int)", "save(io.harpc.method.ServiceDescriptorTests$User)",
					"saveAll(io.harpc.method.ServiceDescriptorTests$User[])");
		assertThat(method(users, "find").resultType()).hasToString("java.util.Optional<" + User.class.getName() + ">");
		assertThat(method(users, "page").resultType())
			.hasToString("java.util.Map<java.lang.Long, java.util.List<" + User.class.getName() + ">>");
		assertThat(method(users, "save").parameterTypes()).containsExactly(User.class);
		assertThat(method(users, "saveAll").parameterTypes()).containsExactly(User[].class);
		assertThat(method(users, "save").declaredExceptions()).containsExactly(FileNotFoundException.class);
	}

	@Test
	void findsTheDescriptorOfEveryMethodThatAProxyMayBeGiven() throws Exception {
		ServiceDescriptor users = describe(OverridingCrud.class);
		AtomicReference<Method> invoked = new AtomicReference<>();
		Crud<User, Long, FileNotFoundException> proxy = crud(Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { OverridingCrud.class }, (self, method, arguments) -> {
					invoked.set(method);
					return null;
				}));
		proxy.find(1L);
		assertThat(users.method(invoked.get())).isSameAs(method(users, "find"));
		for (Method method : OverridingCrud.class.getMethods()) {
			assertThat(users.method(method)).as(method.toGenericString()).isNotNull();
		}
		assertThat(users.method(Crud.class.getMethod("find", Object.class))).isSameAs(method(users, "find"));
		assertThat(users.method(Object.class.getMethod("hashCode"))).isNull();
		assertThat(method(users, "find").method().getDeclaringClass()).isEqualTo(OverridingCrud.class);
		assertThat(method(users, "find").method().isBridge()).isFalse();
	}

	@SuppressWarnings("unchecked")
	private static Crud<User, Long, FileNotFoundException> crud(Object proxy) {
		return (Crud<User, Long, FileNotFoundException>) proxy;
	}

	@Test
	void takesTheFutureOffAnAsynchronousResult() {
		ServiceDescriptor async = describe(Async.class);
		assertThat(method(async, "future").resultType()).isEqualTo(String.class);
		assertThat(method(async, "future").isAsync()).isTrue();
		assertThat(method(async, "stage").resultType()).isInstanceOf(ParameterizedType.class)
			.hasToString("java.util.List<java.lang.String>");
		assertThat(method(async, "nothing").isVoid()).isTrue();
		assertThat(method(async, "nothing").isAsync()).isTrue();
		assertThat(method(async, "plain").isAsync()).isFalse();
		assertThat(method(async, "plain").isVoid()).isTrue();
	}

	@Test
	void tellsByTheIdThatAResultIsBytesWhichTravelAsTheyAre() {
		ServiceKey key = ServiceKey.of(Texts.class);
		ServiceDescriptor texts = ServiceDescriptor.of(key, Texts.class);
		ServiceDescriptor numbers = ServiceDescriptor.of(key, Numbers.class);
		ServiceDescriptor bytes = ServiceDescriptor.of(key, Bytes.class);
		assertThat(method(numbers, "load").id()).isEqualTo(method(texts, "load").id());
		assertThat(method(bytes, "load").id()).isNotEqualTo(method(texts, "load").id());
		assertThat(method(bytes, "load").signature()).isEqualTo("load(long)");
	}

	@Test
	void replacesAWildcardByItsUpperBound() {
		assertThat(method(describe(Wildcard.class), "sum").parameterTypes()).singleElement()
			.hasToString("java.util.List<java.lang.Integer>");
	}

	@Test
	void knowsIdempotentMethodsFromTheMethodTheInterfaceAndWhatTheyInherit() {
		assertThat(describe(IdempotentChild.class).methods()).filteredOn(MethodDescriptor::isIdempotent)
			.extracting(MethodDescriptor::name)
			.containsExactly("again", "inParent", "onParentsMethod");
		assertThat(describe(IdempotentWhole.class).methods()).allMatch(MethodDescriptor::isIdempotent);
	}

	@Test
	void findsTheHashKeyOnTheMethodOrOnOneThatItOverrides() {
		ServiceDescriptor keyed = describe(KeyedChild.class);
		assertThat(method(keyed, "inherited").hashKeyParameter()).isEqualTo(1);
		assertThat(method(keyed, "own").hashKeyParameter()).isZero();
		assertThat(method(keyed, "first").hashKeyParameter()).isZero();
		assertThat(method(keyed, "none").hashKeyParameter()).isEqualTo(-1);
		assertThat(method(keyed, "nothing").hashKeyParameter()).isEqualTo(-1);
	}

	@Test
	void refusesAHashKeyWhoseTextMayDifferBetweenProcesses() {
		assertThat(problemsOf(() -> describe(BadKey.class)).problems()).singleElement()
			.asString()
			.startsWith(
					BadKey.class.getName() + ".find(byte[]), parameter key: @HashKey at a byte[] (expected: a String");
	}

	@Test
	void findsTheIdempotencyKeyAndRefusesWhatIsNone() {
		ServiceDescriptor keyed = describe(IdempotencyKeys.class);
		assertThat(method(keyed, "text").idempotencyKeyParameter()).isEqualTo(1);
		assertThat(method(keyed, "number").idempotencyKeyParameter()).isZero();
		assertThat(method(keyed, "uuid").idempotencyKeyParameter()).isZero();
		assertThat(method(keyed, "constant").idempotencyKeyParameter()).isZero();
		assertThat(method(keyed, "none").idempotencyKeyParameter()).isEqualTo(-1);
		assertThat(problemsOf(() -> describe(NoIdempotencyKey.class)).problems()).singleElement()
			.asString()
			.contains("@IdempotencyKey at a java.util.List<java.lang.String> (expected: a String, a number, a UUID or")
			.startsWith(NoIdempotencyKey.class.getName() + ".place(");
	}

	@Test
	void makesTheIdFromServiceVersionGroupNameAndParameterTypes() {
		MethodDescriptor method = method(
				ServiceDescriptor.of(new ServiceKey("io.acme.Orders", "1.0", "blue"), Single.class), "find");
		// printf %s "io.acme.Orders:1.0/blue" | sha256sum; printf %s "find(long)" |
		// sha256sum
		assertThat(method.id()).isEqualTo(0x56acb7ed_4a115e67L);
		assertThat(method).hasToString("io.acme.Orders:1.0/blue#find(long)");
	}

	@Test
	void refusesMethodsWhoseIdsCollideByName() {
		InvalidServiceException thrown = problemsOf(() -> ServiceDescriptor.of(ServiceKey.of(Everything.class),
				Everything.class, (text) -> text.startsWith("find") ? 7 : text.length()));
		assertThat(thrown.problems()).containsExactly(Everything.class.getName() + "#find(int) and "
				+ Everything.class.getName() + "#find(long) have the same id 0000003100000007; "
				+ "rename one of the two methods, or change version or group of its service");
	}

	@Test
	void saysEverythingThatIsWrongWithAnInterfaceAtOnce() {
		InvalidServiceException thrown = problemsOf(() -> describe(Broken.class));
		String broken = Broken.class.getName();
		assertThat(thrown.getMessage()).startsWith(broken + " cannot be called from another process:\n  - ");
		assertThat(thrown.problems()).hasSize(13)
			.anyMatch((problem) -> problem.equals(
					broken + ".any(java.lang.Object), parameter payload: java.lang.Object does not say what is sent;"
							+ " declare the type that is sent"))
			.anyMatch((problem) -> problem.startsWith(broken + ".anyList(java.util.List<java.lang.Object>), "
					+ "parameter payloads: java.lang.Object does not say"))
			.anyMatch((problem) -> problem
				.startsWith(broken + ".anyArray(), result: java.lang.Object does not say what is sent"))
			.anyMatch((problem) -> problem.startsWith(broken + ".rawList(java.util.List), parameter list: the raw type "
					+ "java.util.List does not say what it holds; fill in <E>"))
			.anyMatch((problem) -> problem.startsWith(broken + ".unbounded(java.util.List<?>), parameter list: "
					+ "the wildcard ? does not say what is sent; name"))
			.anyMatch((problem) -> problem.contains("parameter list: the wildcard ? super java.lang.Integer"))
			.anyMatch((problem) -> problem.startsWith(broken + ".generic(T): the method has type variables of its own"))
			.anyMatch((problem) -> problem.startsWith(
					broken + ".upload(java.io.InputStream), parameter content: " + "java.io.InputStream is a stream"))
			.anyMatch((problem) -> problem.contains("java.util.stream.Stream<java.lang.String> is a stream"))
			.anyMatch((problem) -> problem.contains("java.util.Iterator<java.lang.String> is a stream"))
			.anyMatch((problem) -> problem.contains(
					"result: java.util.concurrent.Future<java.lang.String> is a future in a place where none can be waited for"))
			.anyMatch((problem) -> problem.contains("java.lang.Class<java.lang.String> belongs to one process"))
			.anyMatch((problem) -> problem.contains("twoKeys") && problem.contains("2 parameters carry @HashKey"));
	}

	@Test
	void refusesTypeVariablesThatNobodyFilledIn() {
		assertThat(problemsOf(() -> describe(Crud.class)).problems()).anyMatch((problem) -> problem
			.startsWith(Crud.class.getName() + ".find(I), parameter id: the type variable I is not filled in; "
					+ "export and reference an interface that extends this one"));
	}

	@Test
	void refusesTwoMethodsOfOneErasure() {
		assertThat(problemsOf(() -> describe(OneErasure.class)).problems()).singleElement()
			.asString()
			.contains("Twofold.put(A)", "Twofold.put(B)",
					"the same parameter types once the type variables are resolved");
	}

	@ParameterizedTest
	@ValueSource(classes = { User.class, String.class, int.class, Override.class, SealedService.class })
	void refusesWhatAProxyCannotImplement(Class<?> type) {
		assertThatExceptionOfType(InvalidServiceException.class).isThrownBy(() -> describe(type))
			.withMessageContaining(type.getName() + " is not an interface that a proxy can implement");
	}

	private static ServiceDescriptor describe(Class<?> type) {
		return ServiceDescriptor.of(ServiceKey.of(type), type);
	}

	private static MethodDescriptor method(ServiceDescriptor service, String name) {
		return service.methods().stream().filter((method) -> method.name().equals(name)).findFirst().orElseThrow();
	}

	private static InvalidServiceException problemsOf(ThrowingCallable callable) {
		return catchThrowableOfType(InvalidServiceException.class, callable);
	}

	record User(long id, String name) {
	}

	interface Parent {

		void inherited();

	}

	interface Everything extends Parent {

		String find(long id);

		String find(int id);

		default String greet(String name) {
			return hidden() + name;
		}

		private String hidden() {
			return "Hello ";
		}

		static Everything none() {
			throw new UnsupportedOperationException();
		}

		@Override
		boolean equals(Object other);

		@Override
		int hashCode();

		@Override
		String toString();

	}

	interface Crud<T, I, X extends Exception> {

		Optional<T> find(I id);

		Map<I, List<T>> page(int number);

		T save(T entity) throws X;

		T[] saveAll(T[] entities);

	}

	interface UserCrud extends Crud<User, Long, FileNotFoundException> {

	}

	interface OverridingCrud extends UserCrud {

		@Override
		Optional<User> find(Long id);

		@Override
		User save(User entity);

	}

	interface Async {

		CompletableFuture<String> future();

		CompletionStage<List<String>> stage();

		CompletableFuture<Void> nothing();

		void plain();

	}

	interface Wildcard {

		long sum(List<? extends Integer> numbers);

	}

	@Idempotent
	interface IdempotentParent {

		void inParent();

	}

	interface MixedParent {

		@Idempotent
		void onParentsMethod();

		void not();

	}

	interface IdempotentChild extends IdempotentParent, MixedParent {

		@Override
		void onParentsMethod();

		@Idempotent
		void again();

		void neither();

	}

	@Idempotent
	interface IdempotentWhole extends MixedParent {

		void own();

	}

	interface IdempotencyKeys {

		void text(@HashKey String customer, @IdempotencyKey String key);

		void number(@IdempotencyKey long key);

		void uuid(@IdempotencyKey UUID key);

		void constant(@IdempotencyKey TimeUnit key);

		void none(String text);

	}

	interface NoIdempotencyKey {

		void place(@IdempotencyKey List<String> keys);

	}

	interface KeyedParent {

		void inherited(String text, @HashKey String key);

	}

	interface KeyedChild extends KeyedParent {

		@Override
		void inherited(String text, String key);

		void own(@HashKey long id, String text);

		void first(LocalDate date, String text);

		void none(List<String> texts, String text);

		void nothing();

	}

	interface BadKey {

		void find(@HashKey byte[] key);

	}

	interface Single {

		User find(long id) throws IOException;

	}

	@SuppressWarnings("rawtypes")
	interface Broken {

		void any(Object payload);

		void anyList(List<Object> payloads);

		Object[][] anyArray();

		void rawList(List list);

		void unbounded(List<?> list);

		void lowerBound(List<? super Integer> list);

		<T> T generic(T value);

		void upload(InputStream content);

		Stream<String> lines();

		Map<String, Iterator<String>> nested();

		Future<String> future();

		void load(Class<String> type);

		void twoKeys(@HashKey String one, @HashKey String other);

	}

	interface Twofold<A extends Number, B extends Comparable<B>> {

		void put(A value);

		void put(B value);

	}

	interface OneErasure extends Twofold<Integer, Integer> {

	}

	sealed interface SealedService {

	}

	record SealedBean() implements SealedService {
	}

	interface Texts {

		String load(long id);

	}

	interface Numbers {

		int load(long id);

	}

	interface Bytes {

		byte[] load(long id);

	}

}
