package io.harpc.demo.consumer;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import io.harpc.demo.api.Division;
import io.harpc.demo.api.DivisionService;
import io.harpc.demo.api.NewOrder;
import io.harpc.demo.api.Order;
import io.harpc.demo.api.OrderPage;
import io.harpc.demo.api.OrderService;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LoadCallsTests {

	private static final DivisionService DIVISIONS = (num1, num2) -> new Division(num1, num2,
			num1.divide(num2, MathContext.DECIMAL64), "divider");

	private final Random random = new Random(1);

	@Test
	void listsOrdersAfterEveryThirdDivision() throws Exception {
		LoadCalls calls = new LoadCalls(DIVISIONS, new Orders(0));

		assertThat(calls.call(0, this.random)).isEqualTo("divider");
		assertThat(calls.call(1, this.random)).isEqualTo("divider");
		assertThat(calls.call(2, this.random)).isEqualTo("divider");
		assertThat(calls.call(3, this.random)).isEqualTo("lister");
		assertThat(calls.call(4, this.random)).isEqualTo("divider");
	}

	@Test
	void takesAWrongAnswerForAFailure() {
		LoadCalls calls = new LoadCalls((num1, num2) -> new Division(num1, num2, BigDecimal.TEN.negate(), "liar"),
				new Orders(7));

		assertThatIllegalStateException().isThrownBy(() -> calls.call(0, this.random)).withMessageContaining("-10");
		assertThatIllegalStateException().isThrownBy(() -> calls.call(3, this.random))
			.withMessage("0 of 7 orders (expected: 7)");
	}

	private record Orders(long total) implements OrderService {

		@Override
		public Order place(String customer, NewOrder order) {
			throw new AssertionError("The load places no orders");
		}

		@Override
		public Optional<Order> find(long id) {
			return Optional.empty();
		}

		@Override
		public OrderPage page(int page, int size) {
			return new OrderPage(List.of(), page, size, this.total, "lister");
		}

	}

}
