package io.harpc.demo.provider;

import java.math.BigDecimal;
import java.math.MathContext;

import io.harpc.annotation.RpcService;
import io.harpc.demo.api.Division;
import io.harpc.demo.api.DivisionByZeroException;
import io.harpc.demo.api.DivisionService;

import org.springframework.context.annotation.Profile;

@RpcService
@Profile("provider")
class DivisionProvider implements DivisionService {

	private final String instance;

	DivisionProvider(ProviderProperties properties) {
		this.instance = properties.instance();
	}

	@Override
	public Division divide(BigDecimal num1, BigDecimal num2) throws DivisionByZeroException {
		if (num2.signum() == 0) {
			throw new DivisionByZeroException(num1);
		}
		BigDecimal result = num1.divide(num2, MathContext.DECIMAL64);
		return new Division(num1, num2, result, this.instance);
	}

}
