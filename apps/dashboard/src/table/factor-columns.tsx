/** The columns of a sweep's factors in a list of its trials. */
import { labelFactors, type TrialSummary } from '@capgrid/contracts';
import { formatCellValue } from './factor-words';

type Factors = { factors: readonly string[] };

export function FactorHeadings({ factors }: Factors) {
  return labelFactors(factors).map(({ path, label }) => (
    <th key={path} scope="col" title={path}>
      {label}
    </th>
  ));
}

export function FactorValues({ factors, assignment }: Factors & Pick<TrialSummary, 'assignment'>) {
  return factors.map((path) => <td key={path}>{formatCellValue(assignment[path])}</td>);
}
