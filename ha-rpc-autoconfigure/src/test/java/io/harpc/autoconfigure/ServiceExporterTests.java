package io.harpc.autoconfigure;

import java.io.Serializable;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.InitializingBean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for which interfaces a {@link ServiceExporter} takes for services.
 */
class ServiceExporterTests {

	@Test
	void thoseOfTheJdkAndOfSpringAreNone() {
		assertThat(ServiceExporter.ownInterfaces(Busy.class)).containsExactly(Orders.class);
	}

	@Test
	void thoseOfASuperclassAreToo() {
		assertThat(ServiceExporter.ownInterfaces(Derived.class)).containsExactlyInAnyOrder(Orders.class, Stock.class);
	}

	@Test
	void aGenericOneIsWhatItsHeirMadeOfIt() {
		assertThat(ServiceExporter.ownInterfaces(Users.class)).containsExactly(UserCrud.class);
		assertThat(ServiceExporter.ownInterfaces(UsersTwice.class)).containsExactly(UserCrud.class);
	}

	@Test
	void aMarkIsNone() {
		assertThat(ServiceExporter.ownInterfaces(Marked.class)).containsExactly(Orders.class);
	}

	interface Orders {

		String find(long id);

	}

	interface Stock {

		int count();

	}

	interface Mark {

	}

	interface Crud<T> {

		T load(long id);

	}

	interface UserCrud extends Crud<String> {

	}

	static class Busy implements Orders, InitializingBean, Serializable, Supplier<String> {

		private static final long serialVersionUID = 1L;

		@Override
		public String find(long id) {
			return "";
		}

		@Override
		public void afterPropertiesSet() {
		}

		@Override
		public String get() {
			return "";
		}

	}

	static class Derived extends Busy implements Stock {

		private static final long serialVersionUID = 1L;

		@Override
		public int count() {
			return 0;
		}

	}

	static class Users implements UserCrud {

		@Override
		public String load(long id) {
			return "";
		}

	}

	static class UsersTwice implements UserCrud, Crud<String> {

		@Override
		public String load(long id) {
			return "";
		}

	}

	static class Marked implements Orders, Mark {

		@Override
		public String find(long id) {
			return "";
		}

	}

}
